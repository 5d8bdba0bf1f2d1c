/// The figures published for one scheduler, as shares of requests that met their target during training (500
/// iterations).
///
/// Source: "Heterogeneity-Aware Serverless Workflow Scheduling", thesis, NTUA 2022, evaluation of the training phase.
struct DarlyPublished: Equatable {
    /// Share under the loose target of 35 s, in [0, 1].
    let loose: Double
    /// Share under the strict target of 26 s, in [0, 1].
    let strict: Double

    /// What is published for `scheduler`; nil for the yardsticks, which are not in the sources.
    static func figures(for scheduler: DarlySubject.Role) -> DarlyPublished? {
        switch scheduler {
        case .learner: DarlyPublished(loose: 0.95, strict: 0.75)
        case .baseline: DarlyPublished(loose: 0.34, strict: 0)
        case .yardstick: nil
        }
    }

    /// How the figures are to be read.
    static let remark = """
        Published figures are those of the thesis for its training phase on real machines: native Kubernetes met the \
        loose target 34 % of the time and the strict one never; the four learning schedulers met about 95 % and 75 %, \
        given only as an average over the four, so the same pair stands beside each. The sources also state 91.6 % \
        compliance, called "up to" in one place and "on average" in another; 60 % of requests at 95 % and 40 % at 75 \
        % would be 87 %.
        """
}
