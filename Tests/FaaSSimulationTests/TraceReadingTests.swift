import FaaSSimulation
import Harvesting
import Testing

@Suite("Traces are read as they are published")
struct TraceReadingTests {
    @Test func `the tables of 2019 give functions in file order and calls in the order of minutes`() throws {
        let folder = try TraceFolder()
        let trace = try SlottedTrace(azure2019: folder.writeTables())
        #expect(trace.functions.map(\.name) == ["o1/a1/f1", "o1/a1/f2"])
        #expect(trace.functions.map(\.trigger) == ["timer", "http"])
        #expect(trace.slots == 480...482)
        #expect(trace.slotSeconds == 60)
        #expect(
            trace.cells == [
                .init(slot: 0, function: FunctionIndex(1), calls: 3),
                .init(slot: 1, function: FunctionIndex(0), calls: 2),
                .init(slot: 2, function: FunctionIndex(0), calls: 1),
                .init(slot: 2, function: FunctionIndex(1), calls: 1),
            ])
        #expect(trace.calls == 7)
        let milliseconds = try #require(trace.functions[0].milliseconds)
        #expect(
            milliseconds
                == PercentileSummary(mean: 327, minimum: 62, p25: 156, p50: 218, p75: 281, p99: 2107, maximum: 3311))
        let megabytes = try #require(trace.functions[0].megabytes)
        #expect(megabytes.minimum == 7.833333333333333)
        #expect(megabytes.maximum == 10.67)
    }

    @Test func `memory may stand per application, as the provider publishes it`() throws {
        let folder = try TraceFolder()
        let trace = try SlottedTrace(azure2019: folder.writeTables(memory: TraceFolder.appMemory))
        #expect(trace.functions.map { $0.megabytes?.p50 } == [9.75, 9.75])
    }

    @Test func `lines may end with a carriage return`() throws {
        let folder = try TraceFolder()
        let returned = { (text: String) in text.split(separator: "\n").map { $0 + "\r\n" }.joined() }
        let trace = try SlottedTrace(
            azure2019: folder.writeTables(
                invocations: returned(TraceFolder.invocations), durations: returned(TraceFolder.durations),
                memory: returned(TraceFolder.memory)))
        #expect(trace.calls == 7)
    }

    @Test func `functions without a row elsewhere are left out and counted where that is asked for`() throws {
        let folder = try TraceFolder()
        let files = try folder.writeTables(invocations: TraceFolder.invocations + "o1,a1,f3,queue,4,0,1\n")
        let trace = try SlottedTrace(azure2019: files, incomplete: .leftOut)
        #expect(trace.calls == 7)
        #expect(trace.functions.count == 2)
        #expect(trace.leftOut.functions == 1)
        #expect(trace.leftOut.calls == 5)
    }

    @Test func `a line may be longer than the buffer`() throws {
        let folder = try TraceFolder()
        let slots = 1...60_000
        let header = "HashFunction,Trigger," + slots.map(String.init).joined(separator: ",")
        let row = "3,http," + slots.map { _ in "1" }.joined(separator: ",")
        let path = try folder.write("\(header)\n\(row)\n", as: "wide.csv")
        #expect(try SlottedTrace(freyr: path).calls == 60_000)
    }

    @Test func `a trace of Freyr's simulator names its applications by key and counts seconds`() throws {
        let folder = try TraceFolder()
        let path = try folder.write("HashFunction,Trigger,1,2\n7,http,0,2\n0,timer,1,1\n", as: "exp.csv")
        let trace = try SlottedTrace(freyr: path)
        #expect(trace.functions.count == 10)
        #expect(trace.functions[7].trigger == "http")
        #expect(trace.slotSeconds == 1)
        #expect(
            trace.cells == [
                .init(slot: 0, function: FunctionIndex(0), calls: 1),
                .init(slot: 1, function: FunctionIndex(0), calls: 1),
                .init(slot: 1, function: FunctionIndex(7), calls: 2),
            ])
    }

    @Test func `a call of the trace of 2021 arrives its duration before its end`() throws {
        let folder = try TraceFolder()
        let path = try folder.write(
            "app,func,end_timestamp,duration\na,f,0.5,0.25\na,g,57.0,56.5\na,f,2.0,0.0", as: "2021.csv")
        let trace = try TimedTrace(azure2021: path)
        #expect(trace.functions.map(\.name) == ["a/f", "a/g"])
        #expect(trace.calls.map(\.arrivalSeconds) == [0.25, 0.5, 2])
        #expect(trace.calls.map(\.durationSeconds) == [0.25, 56.5, 0])
        #expect(trace.calls.map(\.function.place) == [0, 1, 0])
    }

    @Test func `the format is told by the first line`() throws {
        let folder = try TraceFolder()
        _ = try folder.writeTables()
        guard case .azure2019 = try RecordedTrace(path: folder.path) else {
            Issue.record("a folder of tables is a trace of 2019")
            return
        }
        let freyr = try folder.write("HashFunction,Trigger,1\n0,http,1\n", as: "exp.csv")
        guard case .freyr = try RecordedTrace(path: freyr) else {
            Issue.record("HashFunction,Trigger is Freyr's")
            return
        }
        let timed = try folder.write("app,func,end_timestamp,duration\na,f,1,1\n", as: "2021.csv")
        guard case .azure2021 = try RecordedTrace(path: timed) else {
            Issue.record("app,func is the trace of 2021")
            return
        }
    }
}
