public import Harvesting

/// Calls counted per function and slot of time, as the Azure Functions trace of 2019 and Freyr's samples of it have
/// them.
public struct SlottedTrace: Sendable {
    /// How often one function was called in one slot.
    public struct Cell: Sendable, Hashable {
        /// The slot, counted from 0.
        public let slot: Int32
        /// The function.
        public let function: FunctionIndex
        /// How many calls, at least one.
        public let calls: Int32

        /// `calls` calls of `function` in `slot`.
        public init(slot: Int, function: FunctionIndex, calls: Int) {
            self.slot = Int32(slot)
            self.function = function
            self.calls = Int32(calls)
        }
    }

    /// The functions in the order of the file; a `FunctionIndex` is a place in this table.
    public let functions: [TraceFunction]
    /// The names of the first and the last slot in the header.
    public let slots: ClosedRange<Int>
    /// Seconds that one slot lasts where the trace is replayed as it is.
    public let slotSeconds: Double
    /// Every cell with a call, in the order of slots, within a slot in the order of functions.
    public let cells: [Cell]
    /// What was left out in reading, because another table has no row of it.
    public let leftOut: LeftOut

    /// Functions, and their calls, that have no row in another table.
    public struct LeftOut: Sendable, Hashable {
        /// How many functions.
        public var functions = 0
        /// How many calls.
        public var calls = 0

        /// Nothing left out.
        public init() {}
    }

    /// A trace of `cells`, in whatever order.
    public init(
        functions: [TraceFunction], slots: ClosedRange<Int>, slotSeconds: Double, cells: [Cell],
        leftOut: LeftOut = LeftOut()
    ) {
        self.functions = functions
        self.slots = slots
        self.slotSeconds = slotSeconds
        self.cells = cells.sorted { ($0.slot, $0.function) < ($1.slot, $1.function) }
        self.leftOut = leftOut
    }

    /// How many calls there are in all.
    public var calls: Int { cells.reduce(0) { $0 + Int($1.calls) } }
}

/// Reads the columns of a table whose first columns describe a function and whose others count its calls per slot.
struct SlotColumns {
    /// The slots, as the header names them.
    let slots: ClosedRange<Int>

    /// Checks that `header`, of the file at `path`, has `leading` first and then slots that count upward by one.
    init(header: [String], leading: [String], path: String) throws(FaaSError) {
        let place = FaaSError.Place(file: path, line: 1)
        guard header.count > leading.count, Array(header.prefix(leading.count)) == leading else {
            throw FaaSError(
                .wrongHeader, at: place,
                "the header is not \(leading.joined(separator: ",")) followed by slots of time")
        }
        guard let first = Int(header[leading.count]), first > 0 else {
            throw FaaSError(
                .wrongHeader, at: place,
                "column \(leading.count + 1) is \"\(header[leading.count])\", not the number of a slot")
        }
        for (offset, name) in header.dropFirst(leading.count).enumerated() where Int(name) != first + offset {
            throw FaaSError(
                .outOfOrder, at: place,
                "column \(leading.count + offset + 1) is \"\(name)\"; slot \(first + offset) is due")
        }
        slots = first...first + header.count - leading.count - 1
    }

    /// Adds what the rest of the reader's line counts for `function`, and says how many calls that are.
    func read(
        _ reader: inout CSVReader, function: FunctionIndex, into cells: inout [SlottedTrace.Cell]
    ) throws(FaaSError) -> Int {
        var sum = 0
        for slot in 0..<slots.count {
            let calls = try reader.count()
            guard calls > 0 else { continue }
            cells.append(SlottedTrace.Cell(slot: slot, function: function, calls: calls))
            sum += calls
        }
        try reader.endLine()
        return sum
    }
}
