import FaaSSimulation
import Harvesting
import Reports

extension FreyrReport {
    /// What the page is about.
    var introduction: [HTMLSection.Block] {
        let cluster = conditions.cluster
        return [
            .paragraph(
                """
                A simulated cluster of \(cluster.servers) servers, each with \
                \(NumberText.fixed(Double(cluster.serverCapacity.millicores) / 1_000, decimals: 0)) cores and \
                \(cluster.serverCapacity.mebibytes) MiB, serves the calls of a recorded trace. A manager decides for \
                each call how much CPU and memory it has. A server admits calls against what their users defined; what a \
                decision leaves of that is lent to calls on the same server that could use more, and so is what nobody \
                has reserved. So what one call gains another one does not use: nobody can give what is not there.
                """),
            .paragraph(
                """
                RFET, relative function execution time, is a call's execution by the execution of the same call with \
                its user's amounts, without wait and cold start. Completion is everything from arrival to end.
                """),
            .list(subjects.compactMap(\.explanation)),
        ]
    }

    /// How the tables are to be read.
    var reading: [HTMLSection.Block] {
        [
            .paragraph(FreyrReportPublished.remark),
            .paragraph(
                """
                A call counts as harvested when it was given less than its user's amount of a resource at its start, \
                and as accelerated when it was given more then or later; both can happen to one call. Reclaimed \
                calls got back while they ran what they had lent. "CPU taken" and "memory taken" are means over the \
                calls that lost some.
                """),
        ]
    }
}

extension FreyrReportSubject {
    /// What the manager does, in a line.
    fileprivate var explanation: String? {
        switch manager {
        case "fixed": "Fixed gives each call what its user defined: the baseline."
        case "greedy": "Greedy takes a step from what the function's last call left, and adds one to what it used up."
        case "ensure": "ENSURE moves CPU alone, after how long the function's last calls took."
        case "freyr": "Freyr is a learned policy within a safeguard's ranges; who uses up what he has gets more in flight."
        case "everything": "Everything wants the most there is for every call: a bound for giving without taking."
        case "oracle": "Oracle knows what each call can use, which nobody does: the ceiling of deciding call by call."
        default: nil
        }
    }
}
