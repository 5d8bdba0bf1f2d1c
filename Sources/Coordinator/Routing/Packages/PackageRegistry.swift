public import Topology

/// Which packages each function needs, the largest first.
public struct PackageRegistry: Sendable, Equatable {
    /// The packages' names; a `PackageID` is a place in it. Names are only ever added, so that what is known of
    /// packages on workers outlives a new registry.
    public private(set) var names: [String] = []
    private var ids: [String: PackageID] = [:]
    private var lists: [FunctionName: [PackageID]] = [:]

    /// Knows no function.
    public init() {}

    /// The functions that have an entry, in the order of their names.
    public var functions: [FunctionName] { lists.keys.sorted() }

    /// The packages of `function`, the largest first; nil when the registry does not know the function, and empty when
    /// it needs none.
    public func packages(of function: FunctionName) -> [PackageID]? { lists[function] }

    /// The name of `package`.
    public func name(of package: PackageID) -> String { names[package.rawValue] }

    /// The package called `name`; nil when the registry never heard of it.
    public func package(named name: String) -> PackageID? { ids[name] }

    /// Enters `packages`, the largest first, for `function` in place of what stood there; a name that comes twice
    /// counts where it comes first.
    public mutating func enter(_ function: FunctionName, packages: [String]) {
        var seen: Set<PackageID> = []
        lists[function] = packages.map { intern($0) }.filter { seen.insert($0).inserted }
    }

    /// Takes the entries of `other` and only those; known packages keep their numbers.
    public mutating func replaceEntries(with other: PackageRegistry) {
        lists = [:]
        for function in other.functions {
            enter(function, packages: (other.packages(of: function) ?? []).map(other.name(of:)))
        }
    }

    private mutating func intern(_ name: String) -> PackageID {
        if let known = ids[name] { return known }
        let id = PackageID(names.count)
        names.append(name)
        ids[name] = id
        return id
    }
}
