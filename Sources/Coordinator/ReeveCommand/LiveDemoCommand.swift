import ArgumentParser
import CommandShell
import Experiments
import Foundation
import Logging
import Measures
import Placement

/// `reeve live-demo`: the loop on a Kubernetes control plane with functions that really run.
struct LiveDemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live-demo",
        abstract: "Run agents and coordinator on a live cluster, and a workflow on it under interference.",
        discussion: """
            The cluster, the gateway and the functions of examples/functions must be there: `make live-demo` starts all \
            of it on this machine and leaves nothing behind. Do not run it on a cluster that others use: it puts \
            pressure on the nodes w01 to w04 and moves functions.
            """)

    @Option(help: "The kubeconfig with the coordinator's rights.")
    var kubeconfig: String

    @Option(help: "The gateway's address.")
    var gateway: String

    @Option(help: "The folder with the workflows' descriptions.")
    var workflows = "examples/workflows"

    @Option(help: "The folder through which the functions' frames travel.")
    var store: String

    @Option(help: "The video, as the store names it.")
    var video = "videos/faces.mp4"

    @Option(help: "The schedulers, separated by commas; in the order given.")
    var schedulers = "native,custom"

    @Option(help: "Requests of each scheduler.")
    var steps = 30

    @Option(help: "Frames of each request.")
    var frames = 7

    @Option(help: "Seconds between pressure on the nodes and the next request.")
    var settle = 2.0

    @Option(help: "Decides the learners' random numbers and the counters' noise.")
    var seed: UInt64 = 1

    @Option(help: "The file that the HTML report is written to.")
    var report = "demo-output/report.html"

    @Option(help: "An empty or new folder for keys, configuration, logs and journal, which stays; otherwise a temporary one.")
    var folder: String?

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let settings = try settings()
        let folder = try DemoFolder(folder)
        defer { folder.remove() }
        let time = SystemTime()
        let display = ProgressDisplay(time: time)
        var logger = logging.logger(label: "reeve.live-demo")
        // What the demo itself has to tell goes through the display; its log is for what goes wrong.
        if logging.logLevel == .info { logger.logLevel = .warning }
        let demo: LiveDemo
        do {
            demo = try LiveDemo(
                settings, folder: folder.path, programs: try DemoCommand.programsFolder(),
                version: CommandShell.version, time: time, logger: logger
            ) { event in
                display.show(event)
            }
            try await CommandShell.serve(demo.services, logger: logger)
        } catch {
            display.finish()
            folder.keep()
            throw CommandFailure.failed("the live demo failed: \(error); its logs are in \(folder.path)/log")
        }
        display.finish()
        guard let outcome = demo.outcome else {
            throw CommandFailure.failed("the live demo was interrupted before its end")
        }
        let report = DarlyReport(runs: outcome.runs, conditions: outcome.conditions)
        print(report.summaryTable(colour: Terminal.takesColour))
        try OutputFile.write(report.html(), to: self.report)
        print("Report: \(URL(fileURLWithPath: self.report).path)")
    }

    private func settings() throws(CommandFailure) -> LiveDemoSettings {
        guard settle >= 0, settle.isFinite else {
            throw .badConfiguration("--settle is \(settle): allowed is 0 and more")
        }
        func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
        return LiveDemoSettings(
            schedulers: try ExperimentOptions.schedulers(schedulers, among: LiveDemoSettings.possibleSchedulers),
            seed: seed, steps: try ExperimentOptions.positive(steps, "--steps"),
            frames: try ExperimentOptions.positive(frames, "--frames"), settleSeconds: settle,
            kubeconfig: absolute(kubeconfig), gateway: gateway, workflows: absolute(workflows),
            store: absolute(store), video: video)
    }
}
