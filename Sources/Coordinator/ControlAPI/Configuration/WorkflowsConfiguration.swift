import Settings
public import Workflows

/// The section `workflows`: which workflows can be run, and through which gateway.
public struct WorkflowsConfiguration: Hashable, Sendable {
    /// The folder with the descriptions, one workflow in each file whose name ends in .yaml.
    public var folder: String
    /// The gateway's address, without a slash at the end.
    public var gateway: String
    /// The file with USER:PASSWORD for what the gateway does not tell everybody; nil where it asks nobody.
    public var credentialsPath: String?
    /// The file with the authorities that the gateway's certificate is believed by; nil for the machine's own.
    public var authoritiesPath: String?
    /// The gateway's namespace of the functions; nil for its own.
    public var namespace: String?
    /// Where answers of asynchronous calls are brought.
    public var callbacks: Callbacks
    /// Where functions leave for one another what is too large for a request; nil for nowhere.
    public var objects: ObjectStoreSettings?

    /// The section `workflows.callbacks`.
    public struct Callbacks: Hashable, Sendable {
        /// The IPv4 address to listen on.
        public var host: String
        /// The port; 0 for any.
        public var port: Int
        /// How the gateway's queue reaches it, without a slash at the end; nil where it runs on this machine.
        public var advertisedURL: String?
    }

    init(_ section: SettingsSection) throws(SettingsError) {
        folder = try section.string("folder")
        gateway = try section.webAddress("gateway")
        credentialsPath = try section.optionalString("credentials")
        authoritiesPath = try section.optionalString("authorities")
        namespace = try section.optionalString("namespace")
        let callbacks = try section.sectionOrStandard("callbacks")
        self.callbacks = Callbacks(
            host: try callbacks.string("host", default: "127.0.0.1"),
            port: try callbacks.integer("port", in: 0...65_535, default: 0),
            advertisedURL: try callbacks.optionalWebAddress("url"))
        objects = try section.section("objects").map { section throws(SettingsError) in try ObjectStoreSettings(section) }
    }
}
