import Measures

/// Something with a deadline that a loop looks at from time to time.
protocol TimedConnection: AnyObject {
    /// Its place in the loop's list; nil while it is in none.
    var listIndex: Int? { get set }
    /// When something must have happened; nil when nothing is waited for.
    var deadline: MonotonicInstant? { get }
    /// The deadline has passed.
    func expire()
}

/// The open connections of one kind on one loop. To look through ten thousand once a second costs less than to plan and
/// cancel a timer for each request.
struct ConnectionList<Connection: TimedConnection> {
    private(set) var all: [Connection] = []

    mutating func insert(_ connection: Connection) {
        connection.listIndex = all.count
        all.append(connection)
    }

    mutating func remove(_ connection: Connection) {
        guard let index = connection.listIndex else { return }
        connection.listIndex = nil
        let last = all.removeLast()
        if last !== connection {
            all[index] = last
            last.listIndex = index
        }
    }

    /// Those whose deadline has passed at `now`.
    func expired(at now: MonotonicInstant) -> [Connection] {
        all.filter { connection in
            guard let deadline = connection.deadline else { return false }
            return deadline <= now
        }
    }
}
