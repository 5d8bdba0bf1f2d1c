import FaaSSimulation
import Foundation

/// A folder of trace files that is removed with this value.
final class TraceFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-trace-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes `text` to the file `name` and returns its path.
    func write(_ text: String, as name: String) throws -> String {
        let file = "\(path)/\(name)"
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    /// Writes the three tables of a trace of 2019.
    func writeTables(
        invocations: String = TraceFolder.invocations, durations: String = TraceFolder.durations,
        memory: String = TraceFolder.memory
    ) throws -> Azure2019Files {
        Azure2019Files(
            invocations: try write(invocations, as: "invocations.csv"),
            durations: try write(durations, as: "durations.csv"),
            memory: try write(memory, as: "memory.csv"))
    }

    static let invocations = """
        HashOwner,HashApp,HashFunction,Trigger,480,481,482
        o1,a1,f1,timer,0,2,1
        o1,a1,f2,http,3,0,1

        """

    static let durations = """
        HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1,\
        percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100
        o1,a1,f2,71,288,1.0,1458.0,1,2,10,20,40,1265,1458
        o1,a1,f1,327,288,62.0,3311.0,62,78,156,218,281,2107,3311

        """

    static let memory = """
        HashFunction,HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct5,\
        AverageAllocatedMb_pct25,AverageAllocatedMb_pct50,AverageAllocatedMb_pct75,AverageAllocatedMb_pct95,\
        AverageAllocatedMb_pct99,AverageAllocatedMb_pct100
        f1,o1,a1,22209,9.4,7.833333333333333,8.25,8.75,9.75,9.916666666666666,10.4,10.58,10.67
        f2,o1,a1,70035,22.7,20.4,21.1,22.2,22.8,23.5,24.1,24.1,42.1

        """

    static let appMemory = """
        HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct5,\
        AverageAllocatedMb_pct25,AverageAllocatedMb_pct50,AverageAllocatedMb_pct75,AverageAllocatedMb_pct95,\
        AverageAllocatedMb_pct99,AverageAllocatedMb_pct100
        o1,a1,22209,9.4,7.8,8.25,8.75,9.75,9.9,10.4,10.5,10.6

        """
}
