internal import FoundationEssentials
internal import Glibc

/// Measures what the history costs: samples of 500 agents at 50 000 a second, a day of 20 nodes and what a year of them comes
/// to, and a question about 30 days. Ends with status 1 when a limit is missed.
@main
struct StoreBenchmark {
    static func main() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-store-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ingest = try await IngestRun(folder: folder).measure()
        let size = try await SizeRun(folder: folder).measure()
        print("limits: \(ingest && size ? "met" : "missed")")
        exit(ingest && size ? 0 : 1)
    }
}

struct StoreBenchmarkError: Error, CustomStringConvertible {
    let description: String
}

/// The middle of `values`, which are not none.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func rounded(_ value: Double, _ digits: Double = 100) -> Double { (value * digits).rounded() / digits }
