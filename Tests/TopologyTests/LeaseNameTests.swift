import Testing
import Topology

@Suite("Names of leases")
struct LeaseNameTests {
    @Test(arguments: [0, 1, 0xdead_beef, .max] as [UInt64])
    func `a lease's number is read as it is written`(number: UInt64) {
        let id = LeaseID(rawValue: number)
        #expect(id.description.utf8.count == 16)
        #expect(LeaseID(id.description) == id)
    }

    @Test(arguments: [
        "", "1", "00000000000000001", "000000000000000g", "+000000000000001", "-000000000000001", " 00000000000000a",
    ])
    func `anything else is no lease's number`(text: String) {
        #expect(LeaseID(text) == nil)
    }

    @Test func `kinds and reasons have names, those of newer versions their number`() {
        #expect(
            "\(LeaseEvent.Kind.granted) \(LeaseEvent.Kind.delayed) \(LeaseEvent.Kind(rawValue: 0))"
                == "granted delayed 0")
        #expect(
            "\(LeaseEvent.Reason.expired) \(LeaseEvent.Reason.recovered) \(LeaseEvent.Reason(rawValue: 8))"
                == "expired recovered 8")
    }

    @Test func `an order is about its lease`() {
        let id = LeaseID(rawValue: 7)
        let request = LeaseRequest(id: id, containerID: "c", cpuCores: nil, memoryBytes: nil, durationNanoseconds: 1)
        #expect(LeaseOrder.take(request).id == id && LeaseOrder.end(id).id == id)
    }
}
