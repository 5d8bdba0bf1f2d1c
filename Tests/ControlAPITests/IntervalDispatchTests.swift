import Measures
import Telemetry
import Testing
import Topology

@testable import ControlAPI

@Suite("Which agent is told which interval")
struct IntervalDispatchTests {
    private var dispatch = IntervalDispatch<Int>()
    private let hub = TelemetryHub(settings: TelemetrySettings(), time: ManualTime())

    private mutating func heard(_ node: String, _ peer: Int) { dispatch.heard(NodeName(node), through: peer) }

    /// What is to be sent now, as "NODE PEER MILLISECONDS".
    private mutating func due() -> [String] {
        dispatch.due(hub.intervalOrders).map { "\($0.node) \($0.peer) \($0.milliseconds)" }
    }

    @Test mutating func `without an order nobody is told anything`() {
        heard("w01", 1)
        #expect(due() == [])
    }

    @Test mutating func `an order goes to everybody once, and to each that comes later`() {
        heard("w01", 1)
        heard("w02", 2)
        _ = due()
        hub.order(intervalMilliseconds: 100, of: nil)
        #expect(due() == ["w01 1 100", "w02 2 100"])
        heard("w01", 1)
        #expect(due() == [])
        heard("w03", 3)
        #expect(due() == ["w03 3 100"])
    }

    @Test mutating func `a node that comes back through another connection is told again`() {
        hub.order(intervalMilliseconds: 100, of: nil)
        heard("w01", 1)
        #expect(due() == ["w01 1 100"])
        heard("w01", 4)
        #expect(due() == ["w01 4 100"])
    }

    @Test mutating func `an order for one node leaves the others alone, and one for all replaces it`() {
        heard("w01", 1)
        heard("w02", 2)
        hub.order(intervalMilliseconds: 10, of: NodeName("w02"))
        #expect(due() == ["w02 2 10"])
        hub.order(intervalMilliseconds: 10, of: NodeName("w02"))
        #expect(due() == [])
        hub.order(intervalMilliseconds: 60_000, of: nil)
        #expect(due() == ["w01 1 60000", "w02 2 60000"])
        #expect(hub.intervalOrders[NodeName("w02")] == 60_000)
    }

    @Test mutating func `a node that could not be told is told when it is heard again`() {
        hub.order(intervalMilliseconds: 100, of: nil)
        heard("w01", 1)
        #expect(due() == ["w01 1 100"])
        dispatch.forget(NodeName("w01"))
        #expect(due() == [])
        heard("w01", 1)
        #expect(due() == ["w01 1 100"])
    }

    @Test func `what the configuration says is in force from the start`() {
        let hub = TelemetryHub(settings: TelemetrySettings(intervalMilliseconds: 250), time: ManualTime())
        #expect(hub.intervalOrders[NodeName("w01")] == 250)
    }

    @Test mutating func `the connection of a node is the one that it was heard through last`() {
        #expect(dispatch.connection(of: NodeName("w01")) == nil)
        heard("w01", 1)
        heard("w01", 2)
        #expect(dispatch.connection(of: NodeName("w01")) == 2)
        dispatch.forget(NodeName("w01"))
        #expect(dispatch.connection(of: NodeName("w01")) == nil)
    }
}
