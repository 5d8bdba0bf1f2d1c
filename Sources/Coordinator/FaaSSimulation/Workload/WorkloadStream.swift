#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Harvesting
internal import Measures

/// Draws the calls of a workload in the order of their arrivals, holding those of one slot at most.
///
/// Within a slot arrivals are uniform, because the traces count per slot. Arrivals and demands come from random streams
/// of their own, so that the demands do not change with how long a slot lasts.
public struct WorkloadStream: IteratorProtocol, Sendable {
    private let functions: [FunctionModel]
    private let source: Workload.Source
    private var arrivals: SeededRandom
    private var demands: SeededRandom
    /// The next cell, or the next call.
    private var position = 0
    /// Arrivals of the slot that is being served, the next one last.
    private var pending: [Arrival] = []
    private var clock = 0.0

    private struct Arrival {
        let seconds: Double
        let function: FunctionIndex
    }

    init(_ workload: Workload) {
        self.init(workload.functions, workload.source, seed: workload.parameters.seed)
    }

    init(_ functions: [FunctionModel], _ source: Workload.Source, seed: UInt64) {
        self.functions = functions
        self.source = source
        arrivals = SeededRandom(seed: seed, stream: "arrivals")
        demands = SeededRandom(seed: seed, stream: "demands")
    }

    /// The next call; nil after the last one.
    public mutating func next() -> Invocation? {
        switch source {
        case .slots(let cells, let slotSeconds):
            if pending.isEmpty, position < cells.count { drawSlot(cells, slotSeconds) }
            guard let arrival = pending.popLast() else { return nil }
            return Invocation(
                arrivalSeconds: arrival.seconds, function: arrival.function,
                demand: functions[arrival.function.place].draw(&demands))
        case .times(let calls):
            guard position < calls.count else { return nil }
            let call = calls[position]
            position += 1
            let shortest = max(call.durationSeconds, FunctionDrawing.leastMilliseconds / 1_000)
            return Invocation(
                arrivalSeconds: call.arrivalSeconds, function: call.function,
                demand: functions[call.function.place].draw(shortestSeconds: shortest, &demands))
        case .synthetic(let calls, let meanGapSeconds):
            guard position < calls else { return nil }
            position += 1
            clock -= meanGapSeconds * log(1 - arrivals.uniform())
            // The high bits as a fraction of the table's length; the bias of a table below 2^20 is beyond measuring.
            let place = Int(arrivals.next().multipliedFullWidth(by: UInt64(functions.count)).high)
            return Invocation(
                arrivalSeconds: clock, function: FunctionIndex(place), demand: functions[place].draw(&demands))
        }
    }

    /// Draws the arrivals of the next slot that has any.
    private mutating func drawSlot(_ cells: [SlottedTrace.Cell], _ slotSeconds: Double) {
        let slot = cells[position].slot
        while position < cells.count, cells[position].slot == slot {
            let cell = cells[position]
            for _ in 0..<cell.calls {
                let seconds = (Double(slot) + arrivals.uniform()) * slotSeconds
                pending.append(Arrival(seconds: seconds, function: cell.function))
            }
            position += 1
        }
        pending.sort { $0.seconds > $1.seconds }
    }
}
