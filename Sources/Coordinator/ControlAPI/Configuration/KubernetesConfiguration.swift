import Settings

/// The section `cluster` of kind kubernetes: whose API is asked, and what in it is reeve's concern.
public struct KubernetesConfiguration: Hashable, Sendable {
    /// The kubeconfig, or several with colons between them; nil seeks one as kubectl does, in a pod its account.
    public var kubeconfig: String?
    /// The context in it; nil for the current one.
    public var context: String?
    /// The namespace of the functions, each of which is the Deployment of its name; nil for the context's own.
    public var namespace: String?
    /// The labels that a Deployment must have to be a function; nil for every Deployment of the namespace.
    public var selector: String?
    /// Requests a second in the long run.
    public var requestsPerSecond: Int
    /// Requests that may be sent at once before they are spread out.
    public var burst: Int
    /// How long a change may take to come about before it is taken back, in seconds.
    public var changeSeconds: Int
    /// The image of stress-ng that pressure for experiments is made with; nil for no pressure.
    public var stressImage: String?
    /// How coordinators agree on the one that acts.
    public var lease: Lease

    /// The section `cluster.lease`: the Lease whose holder acts.
    public struct Lease: Hashable, Sendable {
        /// Its namespace; nil for that of the functions.
        public var namespace: String?
        /// Its name: coordinators that must not act at once name the same.
        public var name: String
        /// What this coordinator's name in it begins with; nil for the host's name. Something that no other process
        /// has is added.
        public var identity: String?
        /// How long it is believed that is not renewed, in seconds.
        public var seconds: Int
        /// How long after its last renewal a leader goes on acting, in milliseconds.
        public var renewDeadlineMilliseconds: Int
        /// The wait between two looks or renewals, in milliseconds.
        public var retryMilliseconds: Int
    }

    init(_ section: SettingsSection) throws(SettingsError) {
        kubeconfig = try section.optionalString("kubeconfig")
        context = try section.optionalString("context")
        namespace = try section.optionalString("namespace")
        selector = try section.optionalString("selector")
        requestsPerSecond = try section.integer("requestsPerSecond", in: 1...10_000, default: 20)
        burst = try section.integer("burst", in: 1...10_000, default: 30)
        changeSeconds = try section.wholeSeconds("changeTimeout", in: 1...3_600, default: 120)
        stressImage = try section.optionalString("stressImage")
        lease = try Lease(try section.sectionOrStandard("lease"))
    }
}

extension KubernetesConfiguration.Lease {
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        namespace = try section.optionalString("namespace")
        name = try section.string("name", default: "reeve-coordinator")
        identity = try section.optionalString("identity")
        seconds = try section.wholeSeconds("duration", in: 1...3_600, default: 15)
        renewDeadlineMilliseconds = Int(try section.milliseconds("renewDeadline", in: 2...3_600_000, default: 10_000))
        retryMilliseconds = Int(try section.milliseconds("retry", in: 1...3_600_000, default: 2_000))
        guard retryMilliseconds < renewDeadlineMilliseconds, renewDeadlineMilliseconds < seconds * 1_000 else {
            throw SettingsError(
                "\(section.path): retry is \(retryMilliseconds)ms, renewDeadline \(renewDeadlineMilliseconds)ms, "
                    + "duration \(seconds)s: allowed is a retry below the deadline and a deadline below the duration")
        }
    }
}
