import Settings
import Topology

extension WorkflowGraph {
    /// Reads a workflow; examples/workflows/video.yaml explains every key. Throws `WorkflowError.invalid` when `yaml`
    /// is none.
    public init(yaml: String) throws(WorkflowError) {
        let file: WorkflowFile
        do throws(SettingsError) {
            file = try WorkflowFile(yaml: yaml)
        } catch {
            throw WorkflowError(.invalid, "the workflow cannot be read: \(error)")
        }
        try self.init(name: file.name, timeoutNanoseconds: file.timeoutNanoseconds, steps: file.steps)
    }
}

/// What a workflow's file says, each value possible by itself.
private struct WorkflowFile {
    let name: WorkflowName
    let timeoutNanoseconds: UInt64
    let steps: [WorkflowStep]

    private static let timeouts: ClosedRange<UInt64> = 1_000_000...86_400_000_000_000
    private static let retryDelays: ClosedRange<UInt64> = 1_000_000...FunctionCall.maximumRetryDelayNanoseconds
    private static let retryCounts = 0...100
    private static let widths = 1...1_000
    private static let tests = ["equals", "differs", "above", "below", "present"]

    init(yaml: String) throws(SettingsError) {
        let section = try SettingsSection.parse(yaml: yaml)
        name = WorkflowName(try section.string("name"))
        timeoutNanoseconds = try section.nanoseconds(
            "timeout", in: Self.timeouts, default: WorkflowGraph.defaultTimeoutNanoseconds)
        steps = try Self.steps(section)
        try section.finish()
    }

    private static func steps(_ section: SettingsSection) throws(SettingsError) -> [WorkflowStep] {
        var steps: [WorkflowStep] = []
        for step in try section.sectionList("steps") { steps.append(try Self.step(step)) }
        return steps
    }

    private static func step(_ section: SettingsSection) throws(SettingsError) -> WorkflowStep {
        let id = try section.string("id")
        guard let id = StepID(validating: id) else {
            throw SettingsError(
                "\(section.name(of: "id")) is \"\(id)\": allowed are 1 to 63 of a-z, 0-9 and -")
        }
        let condition = try section.section("when")
        return WorkflowStep(
            id: id, after: try section.optionalStrings("after").map { StepID($0) },
            when: try condition.map { section throws(SettingsError) in try Self.condition(section) },
            work: try work(section))
    }

    private static func work(_ section: SettingsSection) throws(SettingsError) -> WorkflowStep.Work {
        if let repetition = try section.section("foreach") {
            guard try section.optionalString("function") == nil else {
                throw SettingsError("\(section.path) has both function and foreach: allowed is one of them")
            }
            return .forEach(
                ForEach(
                    items: try pointer(repetition, "items"),
                    width: try repetition.integer("width", in: widths, default: ForEach.defaultWidth),
                    steps: try steps(repetition)))
        }
        guard let function = try section.optionalString("function") else {
            throw SettingsError("\(section.path) has neither function nor foreach: it must have one of them")
        }
        let mode = try section.choice(
            "mode", of: FunctionCall.Mode.allCases.map(\.rawValue), default: FunctionCall.Mode.synchronous.rawValue)
        return .call(
            FunctionCall(
                function: FunctionName(function), mode: FunctionCall.Mode(rawValue: mode) ?? .synchronous,
                timeoutNanoseconds: try section.nanoseconds(
                    "timeout", in: timeouts, default: FunctionCall.defaultTimeoutNanoseconds),
                retries: try section.integer("retries", in: retryCounts, default: 0),
                retryDelayNanoseconds: try section.nanoseconds(
                    "retry-delay", in: retryDelays, default: FunctionCall.defaultRetryDelayNanoseconds)))
    }

    private static func condition(_ section: SettingsSection) throws(SettingsError) -> StepCondition {
        let place = try pointer(section, "value")
        var given: [StepCondition.Test] = []
        if let text = try section.optionalString("equals") { given.append(.equals(text)) }
        if let text = try section.optionalString("differs") { given.append(.differs(text)) }
        if let bound = try number(section, "above") { given.append(.above(bound)) }
        if let bound = try number(section, "below") { given.append(.below(bound)) }
        if try section.optionalString("present") != nil {
            given.append(.present(try section.boolean("present", default: true)))
        }
        guard given.count == 1 else {
            throw SettingsError(
                "\(section.path) has \(given.count) tests: it must have one of \(tests.joined(separator: ", "))")
        }
        return StepCondition(place, given[0])
    }

    private static func pointer(_ section: SettingsSection, _ key: String) throws(SettingsError) -> JSONPointer {
        guard let text = try section.optionalString(key) else { return .whole }
        guard let pointer = JSONPointer(text) else {
            throw SettingsError(
                "\(section.name(of: key)) is \"\(text)\": allowed is a JSON pointer such as /frames or /faces/0")
        }
        return pointer
    }

    private static func number(_ section: SettingsSection, _ key: String) throws(SettingsError) -> Double? {
        guard let text = try section.optionalString(key) else { return nil }
        guard let number = Double(text), number.isFinite else {
            throw SettingsError("\(section.name(of: key)) is \"\(text)\": allowed is any number")
        }
        return number
    }
}
