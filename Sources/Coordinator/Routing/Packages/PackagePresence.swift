/// Which packages each worker is known to have, learnt from what was sent there and ended well.
///
/// A worker installs what a function needs before it runs it, so a request that succeeded proves that all of the
/// function's packages are there. One that is under way promises them: they are there or will be, and who comes later
/// waits for them rather than installing them again. A worker that is forgotten takes what is known of it along.
public struct PackagePresence: Sendable {
    /// What is known of one package at one worker.
    public enum Knowledge: Hashable, Sendable {
        /// Nothing was ever sent there that needs it.
        case absent
        /// A request is under way there that needs it.
        case promised
        /// A request that needs it has succeeded there.
        case present
    }

    private struct Shelf: Sendable {
        var present: [Bool] = []
        var promises: [Int32] = []

        mutating func reserve(_ package: PackageID) {
            guard package.rawValue >= present.count else { return }
            let missing = package.rawValue + 1 - present.count
            present += repeatElement(false, count: missing)
            promises += repeatElement(0, count: missing)
        }
    }

    private var shelves: [WorkerID: Shelf] = [:]

    /// Nothing is known of any worker.
    public init() {}

    /// What is known of `package` at `worker`.
    public func knowledge(of package: PackageID, at worker: WorkerID) -> Knowledge {
        guard let shelf = shelves[worker], package.rawValue < shelf.present.count else { return .absent }
        if shelf.present[package.rawValue] { return .present }
        return shelf.promises[package.rawValue] > 0 ? .promised : .absent
    }

    /// Hands each of `packages` to `body` with what is known of it at `worker`.
    func visit(_ packages: [PackageID], at worker: WorkerID, _ body: (PackageID, Knowledge) -> Void) {
        let shelf = shelves[worker]
        for package in packages {
            guard let shelf, package.rawValue < shelf.present.count else {
                body(package, .absent)
                continue
            }
            let isPromised = shelf.promises[package.rawValue] > 0
            body(package, shelf.present[package.rawValue] ? .present : isPromised ? .promised : .absent)
        }
    }

    /// Of `packages`, those that `worker` is not known to have and is not installing.
    public func absent(of packages: [PackageID], at worker: WorkerID) -> [PackageID] {
        packages.filter { knowledge(of: $0, at: worker) == .absent }
    }

    /// Whether `worker` is known to have all of `packages`.
    public func isWarm(_ worker: WorkerID, for packages: [PackageID]) -> Bool {
        packages.allSatisfy { knowledge(of: $0, at: worker) == .present }
    }

    /// How many packages `worker` is known to have.
    public func presentCount(at worker: WorkerID) -> Int {
        shelves[worker]?.present.count { $0 } ?? 0
    }

    /// A request that needs `packages` was sent to `worker`. Says which of them nothing sent there before needed, and
    /// which only requests that are still under way.
    mutating func promise(
        _ packages: [PackageID], at worker: WorkerID
    ) -> (absent: [PackageID], promised: [PackageID]) {
        packages.isEmpty ? ([], []) : Self.promise(packages, on: &shelves[worker, default: Shelf()])
    }

    private static func promise(
        _ packages: [PackageID], on shelf: inout Shelf
    ) -> (absent: [PackageID], promised: [PackageID]) {
        var absent: [PackageID] = []
        var promised: [PackageID] = []
        for package in packages {
            shelf.reserve(package)
            let index = package.rawValue
            if !shelf.present[index] {
                if shelf.promises[index] > 0 { promised.append(package) } else { absent.append(package) }
            }
            shelf.promises[index] += 1
        }
        return (absent, promised)
    }

    /// That request has ended; when it `succeeded`, its packages are there.
    mutating func settle(_ packages: [PackageID], at worker: WorkerID, succeeded: Bool) {
        guard let place = shelves.index(forKey: worker) else { return }
        Self.settle(packages, on: &shelves.values[place], succeeded: succeeded)
    }

    private static func settle(_ packages: [PackageID], on shelf: inout Shelf, succeeded: Bool) {
        for package in packages {
            shelf.promises[package.rawValue] -= 1
            if succeeded { shelf.present[package.rawValue] = true }
        }
    }

    /// Forgets everything about `worker`.
    mutating func forget(_ worker: WorkerID) {
        shelves[worker] = nil
    }
}
