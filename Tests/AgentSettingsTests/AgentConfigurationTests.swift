import AgentSettings
import Counters
import Settings
import Testing
import Topology
import Uplink

@Suite("The agent's configuration")
struct AgentConfigurationTests {
    static let least = "{node: w01, coordinator: \"tcp://c:5555\", coordinatorKey: /c.pub, key: /w01.key}"
    static let guests = """
        coordinator: tcp://c:5555
        coordinatorKey: /c.pub
        guests:
          - {node: w02, cpus: 0-3, key: /w02.key}
          - {node: w03, cpus: "4-5,8", key: /w03.key}
        """

    @Test func `what is not said is as usual`() throws {
        let configuration = try AgentConfiguration(yaml: Self.least)
        #expect(configuration.nodes.map(\.name) == [NodeName("w01")])
        #expect(configuration.machine?.secretKeyPath == "/w01.key")
        #expect(configuration.uplink == UplinkSettings())
        #expect(configuration.roots == KernelRoots())
        #expect(
            configuration.counters
                == CounterSettings(periods: SamplingPeriods(tick: 0.5, slow: 0.1), claimRecord: nil, guests: []))
        #expect(configuration.textfilePath == nil)
        for line in ["interval: 500ms", "slowInterval: 100ms", "source: auto", "budget: 1%", "buffer: 8MiB", "msrRoot: /dev/cpu"] {
            #expect(configuration.effectiveLines.contains(line), "\(line)")
        }
    }

    @Test func `every key is taken`() throws {
        let configuration = try AgentConfiguration(
            yaml: """
                node: w01
                coordinator: ipc:///c
                coordinatorKey: /c.pub
                key: /w01.key
                interval: 10ms
                slowInterval: 250ms
                budget: 2.5%
                buffer: 1MiB
                source: perf
                readOnly: true
                claimRecord: /run/claim
                msrRoot: /m
                sysfsRoot: /s
                procRoot: /p
                textfile: /t/reeve.prom
                guests: [{node: w02, cpus: 1, key: /w02.key}]
                """)
        #expect(configuration.coordinator == "ipc:///c" && configuration.coordinatorKeyPath == "/c.pub")
        #expect(configuration.roots == KernelRoots(msr: "/m", sysfs: "/s", proc: "/p"))
        #expect(
            configuration.counters
                == CounterSettings(
                    preference: .perf, isReadOnly: true, periods: SamplingPeriods(tick: 0.01, slow: 0.25),
                    claimRecord: "/run/claim", guests: [.cpus([1])]))
        #expect(configuration.uplink.intervalMilliseconds == 10 && configuration.uplink.cpuBudget == 0.025)
        #expect(configuration.textfilePath == "/t/reeve.prom")
    }

    @Test func `an agent of guests alone speaks for no machine, and shares its buffer among them`() throws {
        let configuration = try AgentConfiguration(yaml: Self.guests + "\nbuffer: 1MiB")
        #expect(configuration.machine == nil)
        #expect(configuration.guests.map(\.name) == [NodeName("w02"), NodeName("w03")])
        #expect(configuration.nodes.map(\.secretKeyPath) == ["/w02.key", "/w03.key"])
        #expect(configuration.counters.guests == [.cpus(0...3), .cpus([4, 5, 8])])
        #expect(configuration.uplink.bufferedBytes == 512 << 10)
        #expect(configuration.effectiveLines.contains("guests[1].cpus: 4-5,8"))
    }

    @Test func `the command line stands for what the file says`() throws {
        let overrides = [
            SettingsOverride(key: "node", value: "w09", name: "--node"),
            SettingsOverride(key: "interval", value: "20ms", name: "--interval"),
        ]
        let configuration = try AgentConfiguration(yaml: Self.least, overrides: overrides)
        #expect(configuration.machine?.name == NodeName("w09"))
        #expect(configuration.uplink.intervalMilliseconds == 20)
        let error = #expect(throws: SettingsError.self) {
            try AgentConfiguration(
                yaml: Self.least, overrides: [SettingsOverride(key: "interval", value: "9ms", name: "--interval")])
        }
        #expect(error?.description.contains("--interval is 9ms") == true)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let yaml: String
        /// What the sentence must name.
        let names: [String]
        var testDescription: String { yaml }

        static func of(_ yaml: String, _ names: String...) -> Refusal { Refusal(yaml: yaml, names: names) }

        /// Of the least configuration with `key` set to `value`.
        static func with(_ key: String, _ value: String, _ names: String...) -> Refusal {
            Refusal(yaml: String(least.dropLast()) + ", \(key): \(value)}", names: names)
        }
    }

    static let refusals: [Refusal] = [
        .with("intervall", "5ms", "intervall", "interval"), .with("interval", "9ms", "interval", "10ms to 1m"),
        .with("interval", "61s", "interval", "10ms to 1m"), .with("slowInterval", "5ms", "slowInterval"),
        .with("budget", "0%", "budget", "0.01% to 100%"), .with("budget", "0.01", "budget", "written like"),
        .with("buffer", "1KiB", "buffer", "64KiB"), .with("source", "pcm", "pcm", "auto, msr, perf, proc"),
        .with("readOnly", "maybe", "maybe", "true, false"), .with("textfile", "/t/reeve.txt", "textfile", ".prom"),
        .with("guests", "5", "guests", "list"), .with("guests", "[{node: w02, key: /k}]", "guests[0].cpus"),
        .with("guests", "[{node: w02, cpus: 3-1, key: /k}]", "guests[0].cpus", "3-1", "0-3,8"),
        .with("guests", "[{node: w02, cpus: \"\", key: /k}]", "guests[0].cpus"),
        .with("guests", "[{node: W2, cpus: 1, key: /k}]", "guests[0].node", "W2"),
        .with("guests", "[{node: w02, cpus: 1, key: /k, cpu: 2}]", "guests[0].cpu", "node, cpus, key"),
        .with("guests", "[{node: w02, cpus: 1, key: /k}, {node: w02, cpus: 2, key: /k}]", "guests[1].node", "w02"),
        .with("guests", "[{node: w02, cpus: 1-2, key: /k}, {node: w03, cpus: 2, key: /k}]", "CPU 2", "w02"),
        .with("guests", "[{node: w01, cpus: 1, key: /k}]", "same name"),
        .of("{coordinator: \"tcp://c:1\", coordinatorKey: /c}", "node is missing", "guests"),
        .of("{coordinator: \"tcp://c:1\", coordinatorKey: /c, key: /k}", "node is missing"),
        .of("{node: w01, key: /k, coordinatorKey: /c}", "coordinator is missing"),
        .of("{node: w01, coordinator: \"tcp://c:1\", coordinatorKey: /c}", "key is missing"),
        .of("{node: w01, key: /k, coordinator: \"tcp://c:1\"}", "coordinatorKey is missing"),
        .of("{node: w01, key: /k, coordinator: \"http://c\", coordinatorKey: /c}", "coordinator", "tcp://HOST:PORT"),
        .of("{node: W1, key: /k, coordinator: \"tcp://c:1\", coordinatorKey: /c}", "node", "lower case"),
    ]

    @Test(arguments: refusals)
    func `what cannot be used is named with what is allowed`(_ refusal: Refusal) {
        let error = #expect(throws: SettingsError.self) { try AgentConfiguration(yaml: refusal.yaml) }
        for name in refusal.names { #expect(error?.description.contains(name) == true, "\(error?.description ?? "")") }
    }
}
