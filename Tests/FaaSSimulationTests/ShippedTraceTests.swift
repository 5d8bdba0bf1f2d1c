import FaaSSimulation
import Foundation
import Testing

@Suite("The traces that come with the project")
struct ShippedTraceTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("examples/traces").path

    @Test(arguments: [("azure2019-sample-100", 100, 339_657), ("azure2019-sample-500", 500, 3_037_902)])
    func `have the functions and calls that their description names`(name: String, functions: Int, calls: Int) throws {
        guard case .azure2019(let trace) = try RecordedTrace(path: "\(Self.folder)/\(name)") else {
            Issue.record("\(name) is a trace of 2019")
            return
        }
        #expect(trace.functions.count == functions)
        #expect(trace.calls == calls)
        #expect(trace.slots == 480...959)
        #expect(trace.leftOut.functions == 0)
    }

    @Test func `of 2021 as well`() throws {
        guard case .azure2021(let trace) = try RecordedTrace(path: "\(Self.folder)/azure2021-sample") else {
            Issue.record("azure2021-sample is a trace of 2021")
            return
        }
        #expect(trace.calls.count == 199)
        #expect(trace.functions.count == 31)
    }
}
