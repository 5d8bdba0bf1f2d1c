import Testing

@testable import CommandShell

@Suite("What the service manager is told")
struct LivenessJudgeTests {
    struct Course: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var names = ["telemetry", "query"]
        var hasWatchdog = true
        /// The beats at each check, and what is told then.
        let checks: [(beats: [UInt64], notices: [ServiceNotice])]
    }

    static let courses: [Course] = [
        Course(
            testDescription: "ready once all have begun, and the status says who is waited for",
            checks: [
                ([0, 0], [.status("starting, waiting for: telemetry, query")]),
                ([0, 0], []),
                ([3, 0], [.status("starting, waiting for: query")]),
                ([9, 1], [.ready, .status("running"), .alive]),
                ([12, 2], [.alive]),
            ]),
        Course(
            testDescription: "one that stands still starves the watchdog and is named",
            checks: [
                ([1, 1], [.ready, .status("running"), .alive]),
                ([1, 2], [.status("no sign of life from: telemetry")]),
                ([1, 3], []),
                ([1, 3], []),
            ]),
        Course(
            testDescription: "one that goes on again ends the starving",
            checks: [
                ([1, 1], [.ready, .status("running"), .alive]),
                ([1, 2], [.status("no sign of life from: telemetry")]),
                ([2, 2], [.status("running"), .alive]),
                ([2, 3], [.status("no sign of life from: telemetry")]),
                ([2, 3], []),
                ([3, 3], [.status("running"), .alive]),
                ([4, 3], [.status("no sign of life from: query")]),
            ]),
        Course(
            testDescription: "two that take turns have both gone on since the last feeding",
            checks: [
                ([1, 1], [.ready, .status("running"), .alive]),
                ([2, 1], [.status("no sign of life from: query")]),
                ([2, 2], [.status("running"), .alive]),
            ]),
        Course(
            testDescription: "without a watchdog only readiness and status are told", hasWatchdog: false,
            checks: [
                ([1, 1], [.ready, .status("running")]),
                ([2, 2], []),
                ([2, 3], [.status("no sign of life from: telemetry")]),
            ]),
        Course(
            testDescription: "with nothing to watch the process is ready at once", names: [],
            checks: [([], [.ready, .status("running"), .alive]), ([], [.alive])]),
    ]

    @Test(arguments: courses)
    func `follows from the heartbeats`(course: Course) {
        var judge = LivenessJudge(names: course.names, hasWatchdog: course.hasWatchdog)
        for (number, check) in course.checks.enumerated() {
            #expect(judge.check(check.beats) == check.notices, "check \(number)")
            #expect(judge.isReady == course.checks[...number].contains { $0.notices.contains(.ready) }, "check \(number)")
        }
    }
}
