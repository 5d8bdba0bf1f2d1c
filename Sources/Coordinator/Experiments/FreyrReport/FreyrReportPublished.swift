/// The figures published for one manager.
///
/// Source: the evaluation by simulation in the draft of the Freyr paper (FaaSRM), 20 workers of 8 cores and 2 GB, 85
/// 470 invocations of 1 000 functions of the Azure traces.
struct FreyrReportPublished: Equatable {
    /// Mean relative function execution time.
    let meanRelativeExecution: Double
    /// Seconds within which 98 % of invocations finish.
    let completionSeconds: Double

    /// What is published for `manager`; nil for the bounds, which are not in the sources.
    static func figures(for manager: String) -> FreyrReportPublished? {
        switch manager {
        case "freyr": FreyrReportPublished(meanRelativeExecution: 0.76, completionSeconds: 15)
        case "ensure": FreyrReportPublished(meanRelativeExecution: 0.91, completionSeconds: 48)
        case "fixed": FreyrReportPublished(meanRelativeExecution: 1, completionSeconds: 121)
        case "greedy": FreyrReportPublished(meanRelativeExecution: 1.49, completionSeconds: 76)
        default: nil
        }
    }

    /// How the figures are to be read.
    static let remark = """
        Published figures are those of the paper's own simulation, whose workload is described but not released. On \
        OpenWhisk the same paper has another order: mean RFET 0.89 for Freyr, 0.93 for Greedy, 1.09 for Fixed and 1.12 \
        for ENSURE.
        """
}
