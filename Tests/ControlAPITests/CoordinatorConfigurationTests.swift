import ControlAPI
import Placement
import Settings
import Telemetry
import Testing

@Suite("The coordinator's configuration")
struct CoordinatorConfigurationTests {
    static let placement = """
        telemetry: {bind: "tcp://127.0.0.1:5555", secretKey: /k, allowedAgents: /a}
        cluster: {kind: simulated, endpoint: "ipc:///w"}
        store: {journal: /j}
        """

    @Test func `sections that are absent are switched off`() throws {
        let configuration = try CoordinatorConfiguration(yaml: "query: {socket: /run/x.sock}")
        #expect(configuration.telemetry == nil && configuration.placement == nil && configuration.cluster == nil)
        #expect(configuration.query?.socketPath == "/run/x.sock")
    }

    @Test func `what is in force is told, defaults included`() throws {
        let configuration = try CoordinatorConfiguration(
            yaml: Self.placement + "\nplacement: {nodes: [w01, w02], checkpoint: /c}")
        #expect(configuration.effectiveLines.contains("placement.nodes: [w01, w02]"))
        #expect(configuration.effectiveLines.contains("placement.scheduler: custom"))
        #expect(configuration.effectiveLines.contains("telemetry.unknownAfter: 3s"))
        #expect(configuration.effectiveLines.contains("store.durability: full"))
    }

    @Test func `an interval for all agents is optional`() throws {
        let section = "telemetry: {bind: x, secretKey: /k, allowedAgents: /a"
        #expect(try CoordinatorConfiguration(yaml: section + "}").telemetry?.settings.intervalMilliseconds == nil)
        let configuration = try CoordinatorConfiguration(yaml: section + ", interval: 2s}")
        #expect(configuration.telemetry?.settings.intervalMilliseconds == 2_000)
        #expect(configuration.effectiveLines.contains("telemetry.interval: 2s"))
    }

    @Test func `a guard is what it is told to be, and none where none is asked for`() throws {
        let section = Self.placement + "\nplacement: {nodes: [w01], checkpoint: /c"
        #expect(try CoordinatorConfiguration(yaml: section + "}").placement?.guardSettings == nil)
        let plain = try CoordinatorConfiguration(yaml: section + ", guard: {mode: act}}")
        #expect(plain.placement?.guardSettings == GuardSettings())
        let told = try CoordinatorConfiguration(
            yaml: section + """
                , guard: {mode: advise, betweenMoves: 1m, movesPerMinute: 2, noReturnWithin: 1h, minimumGain: 5%,
                exploration: 0%, runsToJudge: 5, worseBy: 20%, coldRuns: 2, stockRuns: 0, quietAfterStart: 0s,
                telemetryAge: 2s}}
                """)
        var expected = GuardSettings()
        expected.mode = .advise
        expected.betweenMovesNanoseconds = 60_000_000_000
        expected.movesPerMinute = 2
        expected.noReturnNanoseconds = 3_600_000_000_000
        expected.minimumGain = 0.05
        expected.explorationCeiling = 0
        expected.runsToJudge = 5
        expected.worseBy = 0.2
        expected.coldRuns = 2
        expected.stockRuns = 0
        expected.quietAfterStartNanoseconds = 0
        expected.telemetryAgeNanoseconds = 2_000_000_000
        #expect(told.placement?.guardSettings == expected)
        #expect(told.effectiveLines.contains("placement.guard.mode: advise"))
    }

    @Test(arguments: [
        ("telemtry: {}", "telemtry", "telemetry"),
        ("query: {sokcet: /x}", "query.sokcet", "socket"),
        ("telemetry: {bind: x, secretKey: /k, allowedAgents: /a, window: 0s}", "telemetry.window", "1ms"),
        ("telemetry: {bind: x, secretKey: /k, allowedAgents: /a, interval: 5ms}", "telemetry.interval", "10ms to 1m"),
        ("telemetry: {bind: x, secretKey: /k, allowedAgents: /a, interval: 20500us}", "telemetry.interval", "whole"),
        ("cluster: {kind: magic, endpoint: x}", "magic", "simulated"),
        (placement + "\nplacement: {nodes: [], checkpoint: /c}", "placement.nodes", "at least one"),
        (placement + "\nplacement: {nodes: [w01, w01], checkpoint: /c}", "placement.nodes", "once"),
        (placement + "\nplacement: {nodes: [w01], checkpoint: /c, scheduler: best}", "best", "fullmap"),
        (placement + "\nplacement: {nodes: [w01], checkpoint: /c, preset: x}", "preset", "thesis, reeve"),
        ("placement: {nodes: [w01], checkpoint: /c}", "telemetry", "add it"),
        (placement + "\nplacement: {nodes: [w01], checkpoint: /c, guard: {mood: act}}", "placement.guard.mood", "mode"),
        (placement + "\nplacement: {nodes: [w01], checkpoint: /c, guard: {mode: try}}", "try", "observe, advise, act"),
        (placement + "\nplacement: {nodes: [w01], checkpoint: /c, guard: {movesPerMinute: 0}}", "is 0", "1 to 60"),
        ("- a list", "mapping", "telemetry"),
        ("query: [", "YAML", ""),
    ])
    func `what cannot be used is named with what is allowed`(yaml: String, subject: String, allowed: String) {
        #expect {
            _ = try CoordinatorConfiguration(yaml: yaml)
        } throws: { error in
            let sentence = "\(error)"
            return error is SettingsError && sentence.contains(subject) && (allowed.isEmpty || sentence.contains(allowed))
        }
    }
}
