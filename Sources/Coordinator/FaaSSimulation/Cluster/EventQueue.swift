/// What is due next, as a binary heap of small values: the earliest first, among equals the one scheduled first.
struct EventQueue: Sendable {
    /// Something that happens to a call at an instant.
    struct Event: Sendable {
        /// What happens.
        enum Kind: UInt8, Sendable {
            /// The call's work is done.
            case finish
            /// A window ends at which the call's use is looked at.
            case look
        }

        let seconds: Double
        let order: UInt64
        let slot: Int32
        /// What the slot's own stamp was when the event was scheduled; another one says that the event is off.
        let stamp: UInt32
        let kind: Kind

        @inline(__always)
        static func precedes(_ left: Self, _ right: Self) -> Bool {
            left.seconds < right.seconds || (left.seconds == right.seconds && left.order < right.order)
        }
    }

    private var heap: [Event] = []
    private var scheduled: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }

    /// When the next event is due; infinite when there is none.
    var nextSeconds: Double { heap.first?.seconds ?? .infinity }

    mutating func schedule(_ kind: Event.Kind, at seconds: Double, slot: Int32, stamp: UInt32) {
        scheduled += 1
        let event = Event(seconds: seconds, order: scheduled, slot: slot, stamp: stamp, kind: kind)
        var place = heap.count
        heap.append(event)
        heap.withUnsafeMutableBufferPointer { heap in
            while place > 0 {
                let parent = (place - 1) / 2
                guard Event.precedes(event, heap[parent]) else { break }
                heap[place] = heap[parent]
                place = parent
            }
            heap[place] = event
        }
    }

    /// Takes the next event out; there must be one.
    mutating func removeFirst() -> Event {
        let first = heap[0]
        let event = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap.withUnsafeMutableBufferPointer { heap in
            var place = 0
            while true {
                var child = 2 * place + 1
                guard child < heap.count else { break }
                if child + 1 < heap.count, Event.precedes(heap[child + 1], heap[child]) { child += 1 }
                guard Event.precedes(heap[child], event) else { break }
                heap[place] = heap[child]
                place = child
            }
            heap[place] = event
        }
        return first
    }
}
