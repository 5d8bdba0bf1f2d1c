import Topology

/// What the reader of the screen has chosen.
struct TopView: Hashable {
    /// What nodes are ordered by.
    enum Order: String, CaseIterable {
        case name, c0, ipc, misses, read, write

        /// The metric, largest first; nil for the name.
        var metric: Metric? {
            switch self {
            case .name: nil
            case .c0: .c0Residency
            case .ipc: .instructionsPerCycle
            case .misses: .l3MissesPerSecond
            case .read: .memoryReadBytesPerSecond
            case .write: .memoryWriteBytesPerSecond
            }
        }
    }

    /// What nodes are ordered by.
    var order = Order.name
    /// How many nodes have been scrolled past.
    var firstNode = 0
    /// Whether the screen stands still.
    var isHeld = false

    /// What a key does.
    enum Effect { case quit, redraw, none }

    /// Takes in what was typed: s orders by the next metric, the arrows and page keys scroll, the space bar holds the
    /// screen, q ends.
    mutating func take(_ key: TerminalKey, page: Int) -> Effect {
        switch key {
        case .character("q"), .endOfInput: return .quit
        case .character("s"):
            let all = Order.allCases
            order = all[((all.firstIndex(of: order) ?? 0) + 1) % all.count]
        case .character(" "): isHeld.toggle()
        case .up: firstNode -= 1
        case .down: firstNode += 1
        case .pageUp: firstNode -= page
        case .pageDown: firstNode += page
        case .home: firstNode = 0
        default: return .none
        }
        firstNode = max(firstNode, 0)
        return .redraw
    }
}
