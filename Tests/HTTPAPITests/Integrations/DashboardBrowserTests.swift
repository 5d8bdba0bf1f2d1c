import ControlAPI
import Foundation
import Measures
import Telemetry
import TestSupport
import Testing

/// The dashboard in Debian's Chromium, which `make test-dashboard` installs.
@Suite(
    "The dashboard in a browser", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["REEVE_TEST_DASHBOARD"] == "1"), .timeLimit(.minutes(30)))
struct DashboardBrowserTests {
    @Test(arguments: [4, 1_000])
    func `it answers why a workflow is slow, stays quick, and works with a keyboard`(count: Int) async throws {
        var world = try TestWorld(nodes: [])
        // A short window, for what is shown is a mean over it.
        let hub = TelemetryHub(settings: TelemetrySettings(windowNanoseconds: 100_000_000), time: world.time)
        world.parts.hub = hub
        let cluster = try BusyCluster(count, hub: hub)
        world.parts.cluster = BusyFunctions()
        let end = Date().timeIntervalSince1970 - 5
        world.parts.journal = try cluster.journal(in: world.folder.path, end: end)
        world.parts.history = try cluster.history(in: world.folder.path, end: end, time: world.time)
        world.parts.harvest = BusyCluster.harvest(at: world.time.now)
        try await Stand.serve(world) { stand async throws in
            let agents = Task {
                var turn = 0
                while !Task.isCancelled {
                    try cluster.sample(all: turn % 20 == 0, unixSeconds: Date().timeIntervalSince1970)
                    turn += 1
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            let pictures = ProcessInfo.processInfo.environment["REEVE_DASHBOARD_PICTURES"].map { ["--pictures", $0] } ?? []
            let (code, output) = try await Tool.run(
                "python3",
                ["\(Tool.root)/scripts/dashboard/check.py", "http://127.0.0.1:\(stand.port)/", "--nodes", "\(count)"] + pictures)
            agents.cancel()
            _ = await agents.result
            print(output)
            #expect(code == 0, "\(output.suffix(4_000))")
        }
    }

    @Test func `with a readers' token it asks for it once, and shows nothing before`() async throws {
        var world = try TestWorld(nodes: [])
        let cluster = try BusyCluster(4, hub: world.hub)
        world.parts.journal = try cluster.journal(in: world.folder.path, end: Date().timeIntervalSince1970 - 5)
        try await Stand.serve(world, ["readerToken: FOLDER/reader"]) { stand async throws in
            let (code, output) = try await Tool.run(
                "python3",
                [
                    "\(Tool.root)/scripts/dashboard/check.py", "http://127.0.0.1:\(stand.port)/", "--nodes", "4", "--token",
                    Stand.readerToken,
                ])
            print(output)
            #expect(code == 0, "\(output.suffix(4_000))")
        }
    }
}
