@testable import ControlAPI
import FoundationEssentials
@testable import Harvesting
import Influx
import Logging
import Measures
import Placement
import Proxy
import Routing
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing
import Topology
import Wire

@Suite("What is written for InfluxDB")
struct InfluxFeedTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 5_000_000_000))
    private let journal: DecisionJournal
    private var parts = CoordinatorResponder.Parts()

    init() throws {
        folder = try TemporaryFolder()
        let time = time
        journal = DecisionJournal(try Journal(path: "\(folder.path)/j.sqlite", durability: .normal)) {
            Self.unixSeconds(time)
        }
        parts.journal = journal
    }

    /// The wall clock that belongs to the time line.
    private static func unixSeconds(_ time: ManualTime) -> Double { 1_700_000_000 + Double(time.now.nanoseconds) / 1e9 }

    private func feed(_ scope: HTTPConfiguration.Scope = .system) throws -> InfluxFeed {
        let time = time
        return try InfluxFeed(
            parts: parts, scope: scope, precision: .milliseconds, time: time,
            unixSeconds: { Self.unixSeconds(time) }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func lines(_ points: [InfluxPoint]) -> [String] {
        points.compactMap { LineProtocol(precision: .milliseconds).line($0) }
            .map { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    private func seconds(_ amount: Double) { time.advance(byNanoseconds: UInt64(amount * 1e9)) }

    /// A hub that has heard a hello of w01 with four columns; the function sends one sample of them, so old.
    private func hub() throws -> (TelemetryHub, (_ sequence: UInt64, _ ageSeconds: Double) throws -> Void) {
        let hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        let columns = [
            Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived),
            Column(metric: .c0Residency, scope: .system, source: "msr", quality: .derived),
            Column(metric: Metric("package_power_watts"), scope: .socket(0), source: "powercap", quality: .estimate),
            Column(metric: .c0Residency, scope: .core(3), source: "msr", quality: .measured),
        ]
        let name = NodeName("w01")
        _ = hub.receive(
            .hello(
                Hello(
                    node: name, incarnation: 1, columns: ColumnTable(version: 1, columns: columns), agentVersion: nil,
                    intervalMilliseconds: 1_000, droppedBatches: 0, oldestSequence: 1)), from: "w01")
        return (hub, { sequence, age in
            _ = hub.receive(
                .batch(
                    try Batch(
                        node: name, incarnation: 1, sequence: sequence, oldestSequence: sequence, tableVersion: 1,
                        columnCount: 4, ageNanoseconds: [UInt64(age * 1e9)], values: [1.25, 0.5, 42, 0.75],
                        presence: [0b1101])), from: "w01")
        })
    }

    @Test func `a node's values come once, with how they were read and when, and what is absent does not come`() async throws {
        let (hub, sample) = try hub()
        var bench = self
        bench.parts.hub = hub
        let (system, cpu) = (try bench.feed(), try bench.feed(.cpu))
        #expect(await system.look().isEmpty)
        seconds(2)
        try sample(1, 0.5)
        #expect(
            lines(await system.look())
                == [
                    "reeve_node,node=w01,quality=derived,scope=system,source=msr \(Metric.instructionsPerCycle.name)=1.25 "
                        + "1700000006500"
                ])
        #expect(lines(await cpu.look()).count == 3)
        seconds(1)
        #expect(await system.look().isEmpty, "a node that is silent has no points")
        try sample(2, 0)
        let points = lines(await cpu.look())
        #expect(
            points.contains(
                "reeve_node,node=w01,quality=estimate,scope=socket,socket=0,source=powercap package_power_watts=42.0 "
                    + "1700000008000"))
        #expect(points.contains { $0.hasPrefix("reeve_node,cpu=3,node=w01,quality=measured,scope=cpu,source=msr ") })
    }

    private func decide(_ step: Int, latency: Double?) throws {
        let known = latency.map { "\"latencySeconds\":\($0),\"quotient\":\($0 / 10)," } ?? ""
        let json = """
            {"step":\(step),"requestSequence":\(step),"workflow":"video","targetSeconds":10,\(known)
            "decision":{"entryNames":[],"observation":[],"absentEntries":[],"actions":["stay"],"values":[],
            "allowed":[true],"chosen":0,"isRandom":false},"assignment":["framer","w01"],"replicas":2,
            "functionSeconds":["framer",3.5],"failures":[]}
            """
        try journal.add(try JSONDecoder().decode(DecisionRecord.self, from: Data(json.utf8)), session: 4)
    }

    @Test func `decisions come once, those from before the start not at all`() async throws {
        try decide(1, latency: 8)
        let feed = try feed()
        #expect(await feed.look().isEmpty)
        try decide(2, latency: 12.5)
        try decide(3, latency: nil)
        let points = lines(await feed.look())
        #expect(points == [
            "reeve_decision,outcome=kept,workflow=video decision=2i,session=4i,step=2i,action=\"stay\",is_random=false,"
                + "is_refused=false,replicas=2i,target_seconds=10.0,latency_seconds=12.5,qos_ratio=1.25 1700000005000",
            "reeve_decision,outcome=kept,workflow=video decision=3i,session=4i,step=3i,action=\"stay\",is_random=false,"
                + "is_refused=false,replicas=2i,target_seconds=10.0 1700000005001",
        ], "the second has a time of its own, or it would take the first one's place")
        #expect(await feed.look().isEmpty)
    }

    @Test(arguments: [
        ("completed", true, 8.0, "served", "latency_seconds=8.0,qos_ratio=0.8,"),
        ("completed", false, 12, "violated", "latency_seconds=12.0,qos_ratio=1.2,"), ("failed", false, 3, "failed", ""),
        ("cancelled", false, 0, "cancelled", ""),
    ])
    func `runs come with their latency and quotient, where they have one`(
        end: String, isServed: Bool, latency: Double, outcome: String, values: String
    ) async throws {
        let feed = try feed()
        let json = """
            {"run":"r1","sequence":1,"workflow":"video","targetSeconds":10,"end":"\(end)","latencySeconds":\(latency),
            "isServed":\(isServed),"spans":[{"step":"a","function":"framer","attempt":1,"startSeconds":0,"openSeconds":1,
            "failure":"x"},{"step":"a","function":"framer","attempt":2,"startSeconds":1,"openSeconds":1}]}
            """
        try journal.add(try JSONDecoder().decode(RunRecord.self, from: Data(json.utf8)))
        #expect(lines(await feed.look()) == [
            "reeve_run,outcome=\(outcome),workflow=video run=\"r1\",target_seconds=10.0,\(values)calls=2i,failed_calls=1i "
                + "1700000005000"
        ])
    }

    @Test func `what is lent and borrowed comes when a node was looked at`() async throws {
        let board = HarvestBoard(mode: .act, rule: .safeguard)
        var bench = self
        bench.parts.harvest = board
        let feed = try bench.feed()
        seconds(1)
        func amount(_ millicores: Int, _ mebibytes: Int) -> Resources {
            Resources(millicores: millicores, mebibytes: mebibytes)
        }
        let container = HarvestedContainer(
            containerID: "c", namespace: "fn", pod: "p", function: FunctionName("framer"), user: amount(2_000, 512),
            limits: amount(1_500, 512), wanted: amount(1_500, 512), peak: amount(1_200, 300), lent: amount(500, 64),
            lentOut: amount(250, 0), borrowed: amount(0, 2), leaseEnds: 3, leftAlone: nil)
        board.show(
            .init(
                takenAt: time.now, remark: nil, carrier: "leases", containers: [container, container], loans: [], events: [],
                returned: []), of: NodeName("w01"))
        #expect(lines(await feed.look()) == [
            "reeve_harvest,node=w01 lent_cpu_cores=1.0,borrowed_cpu_cores=0.0,lent_memory_bytes=134217728i,"
                + "borrowed_memory_bytes=4194304i,cpu_loans=0i,memory_loans=0i,containers=2i,left_alone_containers=0i,"
                + "is_active=true 1700000006000"
        ])
        seconds(1)
        #expect(await feed.look().isEmpty)
    }

    @Test func `the router's figures come at each look`() async throws {
        let yaml = """
            routing:
              listen: [127.0.0.1:0]
              workers:
                - {url: "http://127.0.0.1:5000", node: w01}
                - {url: "http://127.0.0.1:5001"}
            """
        let configuration = try CoordinatorConfiguration(yaml: yaml)
        let routing = try #require(configuration.routing)
        let service = try ProxyService(
            routing.settings, plan: try routing.plan().plan, time: time, random: SeededRandom(seed: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var bench = self
        bench.parts.routing = RoutingAdmin(control: service.control, configuration: configuration) { configuration }
        let feed = try bench.feed()
        for second in [5, 6] {
            let points = lines(await feed.look())
            #expect(points.count == 3)
            #expect(points[0].hasPrefix("reeve_proxy waiting_requests=0i,") && points[0].contains("answers_5xx=0i"))
            #expect(points[1].hasPrefix("reeve_worker,node=w01,worker=http://127.0.0.1:5000 in_flight=0i,"))
            #expect(points[2].hasPrefix("reeve_worker,worker=http://127.0.0.1:5001 in_flight=0i,"))
            #expect(points.allSatisfy { $0.hasSuffix(" 170000000\(second)000") })
            seconds(1)
        }
    }

    @Test func `events of one series never share a time, and clocks that go back do not undo that`() {
        var stamps = EventStamps(precision: .milliseconds)
        let times = [10.0, 10, 10.0005, 9, 12, 12].map { stamps.next(in: "a", atUnixSeconds: $0) / 1_000_000 }
        #expect(times == [10_000, 10_001, 10_002, 10_003, 12_000, 12_001])
        #expect(stamps.next(in: "b", atUnixSeconds: 9) == 9_000_000_000)
    }
}
