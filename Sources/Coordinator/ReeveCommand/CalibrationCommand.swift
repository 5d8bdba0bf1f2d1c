import ArgumentParser
import Experiments

/// `reeve experiment calibration`: the simulated test bed beside what was published of the real one.
struct CalibrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibration",
        abstract: "Hold the simulated test bed against the published behaviour, statement by statement.")

    @Option(help: "Write the rows as JSON to this file, - for standard output.")
    var json: String?

    @Option(help: "Decides the noise of the one measured row.")
    var seed: UInt64 = 1

    func run() async throws {
        let report = CalibrationExperiment.run(seed: seed)
        if let json {
            try OutputFile.write(json: report, to: json)
        } else {
            print(report.text, terminator: "")
        }
    }
}
