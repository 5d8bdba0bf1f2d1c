import ControlAPI
import Harvesting
import Influx
import Placement
import Settings
import Telemetry
import Testing
import Topology
import Workflows

@Suite("The coordinator's configuration")
struct CoordinatorConfigurationTests {
    static let placement = """
        telemetry: {bind: "tcp://127.0.0.1:5555", secretKey: /k, allowedAgents: /a}
        cluster: {kind: simulated, endpoint: "ipc:///w"}
        store: {journal: /j}
        """

    static let live = """
        telemetry: {bind: "tcp://127.0.0.1:5555", secretKey: /k, allowedAgents: /a}
        cluster: {kind: kubernetes}
        store: {journal: /j}
        """
    static let workflows = "workflows: {folder: /w, gateway: \"http://g:8080/\""
    static let own = "placement: {nodes: [w01], checkpoint: /c, workflow: own, "

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

    @Test func `points are written to a database of version 1 or to a bucket of version 2`() throws {
        let first = try CoordinatorConfiguration(
            yaml: "influx: {url: \"http://db:8086/\", database: reeve, retentionPolicy: week, credentials: /c}").influx
        #expect(first?.settings.destination.url == "http://db:8086")
        #expect(first?.settings.destination.place == .database("reeve", retentionPolicy: "week"))
        #expect(first?.settings.destination.credential == .password(path: "/c"))
        #expect(first?.settings.precision == .milliseconds && first?.settings.intervalNanoseconds == 10_000_000_000)
        #expect(first?.settings.limits == .init() && first?.metricsScope == .system)
        let second = try CoordinatorConfiguration(
            yaml: "influx: {url: \"https://db\", bucket: nodes, organization: lab, token: /t, queue: 1MiB, batch: 7}").influx
        #expect(second?.settings.destination.place == .bucket("nodes", organization: "lab"))
        #expect(second?.settings.destination.credential == .token(path: "/t"))
        #expect(second?.settings.limits.bytes == 1 << 20 && second?.settings.limits.batchLines == 7)
    }

    @Test func `who may order is the coordinator's own group unless groups are named`() throws {
        #expect(try CoordinatorConfiguration(yaml: "query: {socket: /s}").query?.adminGroups == nil)
        let named = try CoordinatorConfiguration(yaml: "query: {adminUsers: [alice, \"1001\"], adminGroups: [wheel]}").query
        #expect(named?.adminUsers == ["alice", "1001"] && named?.adminGroups == ["wheel"])
        let none = try CoordinatorConfiguration(yaml: "query: {adminGroups: []}").query
        #expect(none?.adminGroups == [])
    }

    @Test func `a Kubernetes cluster needs no key but its kind`() throws {
        let configuration = try CoordinatorConfiguration(yaml: "cluster: {kind: kubernetes}")
        guard case .kubernetes(let kubernetes) = configuration.cluster else {
            Issue.record("\(String(describing: configuration.cluster))")
            return
        }
        #expect(kubernetes.kubeconfig == nil && kubernetes.context == nil && kubernetes.namespace == nil)
        #expect(kubernetes.lease.namespace == nil && kubernetes.lease.identity == nil)
        #expect(kubernetes.lease.name == "reeve-coordinator" && kubernetes.lease.seconds == 15)
        for line in ["requestsPerSecond: 20", "burst: 30", "changeTimeout: 2m", "lease.duration: 15s", "lease.retry: 2s"] {
            #expect(configuration.effectiveLines.contains("cluster.\(line)"))
        }
    }

    @Test func `every key about cluster and workflows is heeded`() throws {
        let configuration = try CoordinatorConfiguration(
            yaml: """
                cluster:
                  {kind: kubernetes, kubeconfig: /k, context: c, namespace: n, selector: l, requestsPerSecond: 5, burst: 6,
                  changeTimeout: 7s,
                  lease: {namespace: m, name: o, identity: i, duration: 4s, renewDeadline: 3s, retry: 500ms}}
                workflows:
                  {folder: /w, gateway: "https://g/", credentials: /p, authorities: /a, namespace: f,
                  callbacks: {host: 10.0.0.1, port: 81, url: "http://h:81/"}, objects: {kind: folder, path: /o}}
                """)
        guard case .kubernetes(let kubernetes) = configuration.cluster, let workflows = configuration.workflows else {
            Issue.record("\(configuration)")
            return
        }
        let texts = [kubernetes.kubeconfig, kubernetes.context, kubernetes.namespace, kubernetes.selector]
        #expect(texts == ["/k", "c", "n", "l"])
        #expect([kubernetes.requestsPerSecond, kubernetes.burst, kubernetes.changeSeconds] == [5, 6, 7])
        let lease = kubernetes.lease
        #expect([lease.namespace, lease.name, lease.identity] == ["m", "o", "i"])
        #expect([lease.seconds, lease.renewDeadlineMilliseconds, lease.retryMilliseconds] == [4, 3_000, 500])
        #expect([workflows.folder, workflows.gateway, workflows.credentialsPath] == ["/w", "https://g", "/p"])
        #expect([workflows.authoritiesPath, workflows.namespace] == ["/a", "f"])
        #expect(workflows.callbacks.host == "10.0.0.1" && workflows.callbacks.port == 81)
        #expect(workflows.callbacks.advertisedURL == "http://h:81")
        #expect(workflows.objects == .folder(path: "/o"))
    }

    private func subject(_ rest: String) throws -> PlacementSubject {
        let configuration = try CoordinatorConfiguration(
            yaml: Self.placement + "\nplacement: {nodes: [w01, w02], checkpoint: /c\(rest)}")
        return try #require(configuration.placement?.subject)
    }

    private let nodes = ["w01", "w02"].map { NodeName($0) }
    private let described = ["cut", "detect", "output"].map { FunctionName($0) }

    @Test func `by itself the thesis' workflow is placed, whether described or not`() throws {
        let thesis = try SchedulingTopology.videoAnalytics(nodes: nodes, maximumReplicas: 4)
        let subject = try subject(", maximumReplicas: 4")
        #expect(try subject.topology(on: nodes, described: nil) == thesis)
        #expect(try subject.topology(on: nodes, described: thesis.functions + [FunctionName("outputer")]) == thesis)
        #expect(try subject.topology(on: nodes, described: described).functions == described)
    }

    @Test func `of a workflow of one's own every function moves by itself and none is scaled, unless said`() throws {
        let plain = try subject(", workflow: own").topology(on: nodes, described: described)
        #expect(plain.workflow == WorkflowName("own") && plain.functions == described && plain.scaledFunctions.isEmpty)
        #expect(plain.movableUnits.map(\.name) == ["cut", "detect", "output"])
        #expect(plain.movableUnits.map(\.functions) == described.map { [$0] })
        let told = try subject(
            ", workflow: own, functions: [cut, detect], units: {both: [cut, detect]}, scaled: [detect]"
        ).topology(on: nodes, described: described)
        #expect(told.functions == Array(described.prefix(2)) && told.scaledFunctions == [described[1]])
        #expect(told.movableUnits == [MovableUnit(name: "both", functions: Array(described.prefix(2)))])
    }

    @Test func `functions that the description does not have are refused, and so is a workflow without any`() throws {
        let stranger = #expect(throws: SettingsError.self) {
            try subject(", workflow: own, functions: [cut, paste]").topology(on: nodes, described: described)
        }
        #expect(stranger?.description.contains("paste") == true && stranger?.description.contains("cut, detect") == true)
        let unknown = #expect(throws: SettingsError.self) { try subject(", workflow: own").topology(on: nodes, described: nil) }
        #expect(unknown?.description.contains("placement.workflow is own") == true)
    }

    @Test func `nodes are listed, or else those that the cluster has`() throws {
        func nodes(_ rest: String) throws -> PlacementSettings.Nodes? {
            try CoordinatorConfiguration(yaml: Self.placement + "\nplacement: {checkpoint: /c\(rest)}").placement?.nodes
        }
        #expect(try nodes(", nodes: [w01, w02]") == .listed(self.nodes))
        #expect(try nodes("") == .ready(leavesAfterNanoseconds: 300_000_000_000))
        #expect(try nodes(", nodeLeavesAfter: 90s") == .ready(leavesAfterNanoseconds: 90_000_000_000))
        #expect(throws: SettingsError.self) { try nodes(", nodes: [w01], nodeLeavesAfter: 90s") }
    }

    @Test func `without a word harvesting looks on`() throws {
        let standard = try #require(try CoordinatorConfiguration(yaml: Self.placement + "\nharvesting: {}").harvesting)
        #expect(standard.mode == .observe && standard.rule == .safeguard && standard.settings == .standard)
        #expect(!standard.resizesPods)
        #expect(try CoordinatorConfiguration(yaml: Self.placement).harvesting == nil)
    }

    @Test func `every key about harvesting is heeded`() throws {
        let told = try #require(
            try CoordinatorConfiguration(
                yaml: Self.placement + """

                    harvesting:
                      mode: act
                      manager: greedy
                      lease: 20s
                      observeFor: 1m
                      quietAfterReturn: 5s
                      forgetAfter: 1h
                      cpuStep: 250
                      memoryStep: 128
                      cpuMaximum: 4000
                      memoryMaximum: 1024
                      memoryMargin: 96
                      namespaces: [functions, more]
                    """
            ).harvesting)
        #expect(told.mode == .act && told.rule == .greedy)
        #expect(
            told.settings
                == HarvestSettings(
                    step: Resources(millicores: 250, mebibytes: 128),
                    maximum: Resources(millicores: 4_000, mebibytes: 1_024), leaseSeconds: 20, observeSeconds: 60,
                    quietSeconds: 5, forgetSeconds: 3_600, memoryMarginMebibytes: 96, namespaces: ["functions", "more"]))
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
        ("harvesting: {}", "harvesting", "needs section telemetry"),
        (placement + "\nharvesting: {mode: grab}", "harvesting.mode", "observe, act"),
        (placement + "\nharvesting: {lease: 11m}", "harvesting.lease", "1s to 10m"),
        (placement + "\nharvesting: {cpuStep: 500, cpuMaximum: 400}", "cpuStep", "at most cpuMaximum"),
        (placement + "\nharvesting: {podResize: true}", "harvesting.podResize", "kind kubernetes"),
        (placement + "\nharvesting: {manager: clever}", "harvesting.manager", "safeguard, greedy, freyr"),
        (placement + "\nharvesting: {memoryMargin: 10}", "harvesting.memoryMargin", "48"),
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
        ("cluster: {kind: kubernetes, endpoint: x}", "cluster.endpoint", "kubeconfig"),
        ("cluster: {kind: kubernetes, requestsPerSecond: 0}", "cluster.requestsPerSecond", "1 to 10000"),
        ("cluster: {kind: kubernetes, changeTimeout: 1500ms}", "cluster.changeTimeout", "whole seconds"),
        ("cluster: {kind: kubernetes, lease: {duration: 2h}}", "cluster.lease.duration", "1s to 1h"),
        ("cluster: {kind: kubernetes, lease: {duration: 10s}}", "renewDeadline 10000ms", "below the duration"),
        ("cluster: {kind: kubernetes, lease: {retry: 20s}}", "retry is 20000ms", "below the deadline"),
        ("workflows: {gateway: \"http://g\"}", "workflows.folder", "must be set"),
        ("workflows: {folder: /w, gateway: gateway}", "workflows.gateway", "http://10.0.0.5:8080"),
        ("workflows: {folder: /w, gateway: \"http://\"}", "workflows.gateway", "http://10.0.0.5:8080"),
        (workflows + ", callbacks: {port: 65536}}", "workflows.callbacks.port", "0 to 65535"),
        (workflows + ", callbacks: {url: here}}", "workflows.callbacks.url", "http"),
        (workflows + ", objects: {kind: tape, path: /o}}", "tape", "folder"),
        (workflows + ", objects: {kind: folder}}", "workflows.objects.path", "must be set"),
        ("cluster: {kind: simulated, endpoint: x}\n\(workflows)}", "section workflows", "cluster.kind kubernetes"),
        (live + "\n" + own + "functions: [a]}", "section workflows", "add it"),
        (placement + "\n" + own + "functions: []}", "placement", "at least one function"),
        (placement + "\n" + own + "functions: [a], units: {u: [b]}}", "function b", "own's functions"),
        (placement + "\n" + own + "functions: [a], units: {u: []}}", "movable unit u", "at least one"),
        (placement + "\n" + own + "functions: [a, b], units: {u: [a], v: [b, a]}}", "function a is in u and in v", "one unit"),
        (placement + "\n" + own + "functions: [a], scaled: [b]}", "function b", "own's functions"),
        (placement + "\n" + own + "functions: a}", "placement.functions", "a list"),
        ("- a list", "mapping", "telemetry"),
        ("query: {adminUser: [x]}", "query.adminUser", "adminUsers"),
        ("influx: {url: \"http://h:1\"}", "neither database nor bucket", "bucket with organization"),
        ("influx: {url: \"http://h:1\", database: d, bucket: b}", "both database and bucket", "database for InfluxDB 1.x"),
        ("influx: {url: \"http://h:1\", bucket: b, token: /t}", "influx.organization", ""),
        ("influx: {url: \"http://h:1\", bucket: b, organization: o}", "influx.token", ""),
        ("influx: {url: \"http://h:1\", database: d, token: /t}", "influx.token", "credentials"),
        ("influx: {url: \"h:1\", database: d}", "influx.url", "http://10.0.0.5:8080"),
        ("influx: {url: \"http://h:1\", database: d, precision: m}", "influx.precision", "ns, us, ms, s"),
        ("influx: {url: \"http://h:1\", database: d, interval: 10ms}", "influx.interval", "100ms to 1h"),
        ("influx: {url: \"http://h:1\", database: d, queue: 1KiB}", "influx.queue", "64KiB"),
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
