import Measures
import Testing
import Wire

@testable import Simulation

@Suite("Outstanding requests")
struct OutstandingRequestsTests {
    func table(_ count: UInt64) -> OutstandingRequests<String> {
        var table = OutstandingRequests<String>(timeoutNanoseconds: 100)
        for id in 1...count {
            table.add(WorldRequest(id: id, kind: .observe), waiter: "\(id)", at: MonotonicInstant(nanoseconds: id))
        }
        return table
    }

    @Test("requests are sent in the order of asking, each once")
    func order() {
        var table = table(2)
        #expect(table.nextToSend?.id == 1)
        table.didSend(1)
        #expect(table.nextToSend?.id == 2)
        table.didSend(2)
        #expect(table.nextToSend == nil)
    }

    @Test("a reply is handed over once, in any order")
    func replies() {
        var table = table(2)
        #expect(table.take(2) == "2")
        #expect(table.take(2) == nil)
        #expect(table.take(9) == nil)
        #expect(table.take(1) == "1")
        #expect(table.nextDeadline == nil)
    }

    @Test("time runs out for the oldest first, sent or not")
    func expiry() {
        var table = table(3)
        table.didSend(1)
        #expect(table.nextDeadline == MonotonicInstant(nanoseconds: 101))
        #expect(table.expire(at: MonotonicInstant(nanoseconds: 100)).isEmpty)
        #expect(table.expire(at: MonotonicInstant(nanoseconds: 102)).map(\.waiter) == ["1", "2"])
        #expect(table.nextToSend?.id == 3)
        #expect(table.removeAll().map(\.waiter) == ["3"])
        #expect(table.removeAll().isEmpty)
    }
}
