/// A trace in one of the formats that are read.
public enum RecordedTrace: Sendable {
    /// One day of the Azure Functions trace of 2019, or a sample of it.
    case azure2019(SlottedTrace)
    /// The Azure Functions trace of 2021, or a part of it.
    case azure2021(TimedTrace)
    /// A trace of Freyr's simulator.
    case freyr(SlottedTrace)

    /// Reads the trace at `path`, a file of calls or the folder of its tables, in the format that its first line tells.
    public init(path: String) throws(FaaSError) {
        let invocations = "\(path)/invocations.csv"
        if let header = try? CSVReader(path: invocations, requiresLastLineEnd: false).header {
            if header.first == "app" {
                self = .azure2021(try TimedTrace(azure2021: invocations))
            } else {
                self = .azure2019(try SlottedTrace(azure2019: Azure2019Files(folder: path)))
            }
            return
        }
        let header = try CSVReader(path: path, requiresLastLineEnd: false).header
        switch header.first {
        case "HashFunction": self = .freyr(try SlottedTrace(freyr: path))
        case "app": self = .azure2021(try TimedTrace(azure2021: path))
        default:
            throw FaaSError(
                .wrongHeader, at: .init(file: path, line: 1),
                "the header is that of no trace; allowed are HashFunction,Trigger,1,... and"
                    + " app,func,end_timestamp,duration, or the folder of the tables invocations.csv, durations.csv and"
                    + " memory.csv")
        }
    }
}
