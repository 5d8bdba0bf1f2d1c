import FaaSSimulation
import Testing

@Suite("A trace that is not what it should be is refused with its line")
struct BadTraceTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let what: String
        let text: String
        let code: FaaSError.Code
        /// How the sentence goes on after the file's name.
        let sentence: String

        var testDescription: String { what }
    }

    static func expect(_ bad: Bad, file: String, _ body: () throws -> Void) {
        let error = #expect(throws: FaaSError.self) { try body() }
        #expect(error?.code == bad.code)
        #expect(error?.description == file + bad.sentence)
    }

    @Test(arguments: [
        Bad(
            what: "empty", text: "", code: .wrongHeader, sentence: ": is empty; a header is expected"),
        Bad(
            what: "wrong header", text: "Owner,HashApp,HashFunction,Trigger,1\n", code: .wrongHeader,
            sentence: ":1: the header is not HashOwner,HashApp,HashFunction,Trigger followed by slots of time"),
        Bad(
            what: "no slots", text: "HashOwner,HashApp,HashFunction,Trigger\n", code: .wrongHeader,
            sentence: ":1: the header is not HashOwner,HashApp,HashFunction,Trigger followed by slots of time"),
        Bad(
            what: "slots out of order", text: "HashOwner,HashApp,HashFunction,Trigger,480,482\n", code: .outOfOrder,
            sentence: ":1: column 6 is \"482\"; slot 481 is due"),
        Bad(
            what: "line cut off", text: "HashOwner,HashApp,HashFunction,Trigger,480,481\no1,a1,f1,timer,3\n",
            code: .truncated, sentence: ":2: the line has 5 fields; the header names 6"),
        Bad(
            what: "file cut off in its last number",
            text: "HashOwner,HashApp,HashFunction,Trigger,480,481\no1,a1,f1,timer,3,1\no1,a1,f2,timer,3,1",
            code: .truncated,
            sentence: ":3: the file ends within this line; it is cut off"),
        Bad(
            what: "too many fields", text: "HashOwner,HashApp,HashFunction,Trigger,480\no1,a1,f1,timer,3,1\n",
            code: .invalidField, sentence: ":2: the line has more fields; the header names 5"),
        Bad(
            what: "negative count", text: "HashOwner,HashApp,HashFunction,Trigger,480\no1,a1,f1,timer,-3\n",
            code: .invalidField, sentence: ":2: 480 is \"-3\"; allowed is a whole number, 0 or more"),
        Bad(
            what: "absent count", text: "HashOwner,HashApp,HashFunction,Trigger,480,481\no1,a1,f1,timer,,1\n",
            code: .invalidField, sentence: ":2: 480 is \"\"; allowed is a whole number, 0 or more"),
        Bad(
            what: "count beyond 32 bits",
            text: "HashOwner,HashApp,HashFunction,Trigger,480\no1,a1,f1,timer,2147483648\n",
            code: .invalidField, sentence: ":2: 480 is \"2147483648\"; allowed is a whole number, 0 or more"),
        Bad(
            what: "duplicate function",
            text: "HashOwner,HashApp,HashFunction,Trigger,480\no1,a1,f1,timer,3\no1,a1,f1,timer,1\n",
            code: .duplicateFunction, sentence: ":3: o1/a1/f1 stands in the table twice"),
        Bad(
            what: "no calls", text: "HashOwner,HashApp,HashFunction,Trigger,480\no1,a1,f1,timer,0\n", code: .empty,
            sentence: ": has no calls"),
        Bad(
            what: "an empty line", text: "HashOwner,HashApp,HashFunction,Trigger,480\n\no1,a1,f1,timer,1\n",
            code: .invalidField, sentence: ":2: HashOwner is \"\"; allowed is a name"),
    ])
    func `the calls of 2019`(_ bad: Bad) throws {
        let folder = try TraceFolder()
        let files = try folder.writeTables(invocations: bad.text)
        Self.expect(bad, file: files.invocations) { _ = try SlottedTrace(azure2019: files) }
    }

    @Test func `a function that the table of durations does not know`() throws {
        let folder = try TraceFolder()
        let files = try folder.writeTables(invocations: TraceFolder.invocations + "o2,a2,f9,queue,0,0,1\n")
        let bad = Bad(
            what: "", text: "", code: .unknownFunction, sentence: ":4: o2/a2/f9 has no row in \(files.durations)")
        Self.expect(bad, file: files.invocations) { _ = try SlottedTrace(azure2019: files) }
    }

    @Test func `a function that the table of memory does not know`() throws {
        let folder = try TraceFolder()
        let memory = TraceFolder.memory.split(separator: "\n").prefix(2).map { $0 + "\n" }.joined()
        let files = try folder.writeTables(memory: memory)
        let bad = Bad(
            what: "", text: "", code: .unknownFunction, sentence: ":3: o1/a1/f2 has no row in \(files.memory)")
        Self.expect(bad, file: files.invocations) { _ = try SlottedTrace(azure2019: files) }
    }

    private static let durationHeader = """
        HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_25,percentile_Average_50,\
        percentile_Average_75,percentile_Average_99

        """

    @Test(arguments: [
        Bad(
            what: "wrong header", text: "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum\n",
            code: .wrongHeader, sentence: ":1: the header does not name the column percentile_Average_25 once"),
        Bad(
            what: "negative duration", text: durationHeader + "o1,a1,f1,5,9,-1.5,9,1,2,3,4\n", code: .invalidField,
            sentence: ":2: Minimum is \"-1.5\"; allowed is a number, 0 or more"),
        Bad(
            what: "no number", text: durationHeader + "o1,a1,f1,5,9,nan,9,1,2,3,4\n", code: .invalidField,
            sentence: ":2: Minimum is \"nan\"; allowed is a number, 0 or more"),
        Bad(
            what: "percentiles that fall", text: durationHeader + "o1,a1,f1,5,9,1,9,4,3,3,4\n", code: .invalidField,
            sentence: ":2: the percentiles do not ascend; Minimum <= percentile_Average_25 <= percentile_Average_50"
                + " <= percentile_Average_75 <= percentile_Average_99 <= Maximum is expected"),
        Bad(
            what: "duplicate function",
            text: durationHeader + "o1,a1,f1,5,9,1,9,2,3,3,4\no1,a1,f1,5,9,1,9,2,3,3,4\n", code: .duplicateFunction,
            sentence: ":3: o1/a1/f1 stands in the table twice"),
        Bad(
            what: "line cut off", text: durationHeader + "o1,a1,f1,5,9,1\n", code: .truncated,
            sentence: ":2: the line has 6 fields; the header names 11"),
    ])
    func `the durations of 2019`(_ bad: Bad) throws {
        let folder = try TraceFolder()
        let files = try folder.writeTables(durations: bad.text)
        Self.expect(bad, file: files.durations) { _ = try SlottedTrace(azure2019: files) }
    }

    @Test(arguments: [
        Bad(
            what: "wrong header", text: "func,app,end_timestamp,duration\n", code: .wrongHeader,
            sentence: ":1: the header is not app,func,end_timestamp,duration"),
        Bad(
            what: "negative duration", text: "app,func,end_timestamp,duration\na,f,3,-1\n", code: .invalidField,
            sentence: ":2: duration is \"-1\"; allowed is a number, 0 or more"),
        Bad(
            what: "begins before the trace", text: "app,func,end_timestamp,duration\na,f,3,4\n", code: .invalidField,
            sentence: ":2: the call ends after 3.0 s and lasts 4.0 s; it begins before 0"),
        Bad(
            what: "out of order", text: "app,func,end_timestamp,duration\na,f,5,1\na,f,4,1\n", code: .outOfOrder,
            sentence: ":3: the call arrives after 3.0 s, the one before it after 4.0 s; arrivals must ascend"),
        Bad(
            what: "line cut off", text: "app,func,end_timestamp,duration\na,f,5", code: .truncated,
            sentence: ":2: the line has 3 fields; the header names 4"),
        Bad(
            what: "no calls", text: "app,func,end_timestamp,duration\n", code: .empty, sentence: ": has no calls"),
    ])
    func `the calls of 2021`(_ bad: Bad) throws {
        let folder = try TraceFolder()
        let path = try folder.write(bad.text, as: "2021.csv")
        Self.expect(bad, file: path) { _ = try TimedTrace(azure2021: path) }
    }

    @Test(arguments: [
        Bad(
            what: "unknown function", text: "HashFunction,Trigger,1\n10,http,1\n", code: .unknownFunction,
            sentence: ":2: HashFunction is \"10\"; allowed is the key of an application, 0 to 9"),
        Bad(
            what: "a hash of the Azure trace", text: "HashFunction,Trigger,1\n0951ccc9,http,1\n",
            code: .unknownFunction,
            sentence: ":2: HashFunction is \"0951ccc9\"; allowed is the key of an application, 0 to 9"),
        Bad(
            what: "duplicate function", text: "HashFunction,Trigger,1\n1,http,1\n1,http,1\n", code: .duplicateFunction,
            sentence: ":3: function 1 stands in the table twice"),
        Bad(
            what: "cut off", text: "HashFunction,Trigger,1,2\n1,http,1,1", code: .truncated,
            sentence: ":2: the file ends within this line; it is cut off"),
        Bad(
            what: "slots from no number", text: "HashFunction,Trigger,first\n1,http,1\n", code: .wrongHeader,
            sentence: ":1: column 3 is \"first\", not the number of a slot"),
    ])
    func `Freyr's samples`(_ bad: Bad) throws {
        let folder = try TraceFolder()
        let path = try folder.write(bad.text, as: "exp.csv")
        Self.expect(bad, file: path) { _ = try SlottedTrace(freyr: path) }
    }

    @Test func `a file that is not there`() {
        let bad = Bad(
            what: "", text: "", code: .unreadable, sentence: ": cannot be opened: No such file or directory")
        Self.expect(bad, file: "/nowhere/trace.csv") { _ = try RecordedTrace(path: "/nowhere/trace.csv") }
    }

    @Test func `a file of another kind`() throws {
        let folder = try TraceFolder()
        let path = try folder.write("minute,fid,count\n480,9,1\n", as: "counts.csv")
        let error = #expect(throws: FaaSError.self) { _ = try RecordedTrace(path: path) }
        #expect(error?.code == .wrongHeader)
        #expect(error?.place == .init(file: path, line: 1))
    }
}
