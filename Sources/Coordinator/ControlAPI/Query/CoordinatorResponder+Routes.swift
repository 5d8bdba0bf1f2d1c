import Proxy
import Routing
import Settings
import Topology

/// What is asked of the proxy, and told to it.
extension CoordinatorResponder {
    /// The workers, and what the proxy has done.
    func routes(_ arguments: inout QueryArguments) async throws -> RoutesAnswer {
        let admin = try routing()
        try arguments.finish()
        return RoutesAnswer(admin.control.snapshot(), balancer: await admin.balancer)
    }

    /// The functions that were called, and how long they took.
    func routeFunctions(_ arguments: inout QueryArguments) throws -> RouteFunctionsAnswer {
        let admin = try routing()
        try arguments.finish()
        return RouteFunctionsAnswer(admin.control.snapshot())
    }

    /// Adds the worker at `url`, or changes it: `kind`, `weight`, `capacity`, `cores`, `node`.
    func addRoute(_ arguments: inout QueryArguments) async throws -> RouteChangeAnswer {
        let admin = try routing()
        let url = try arguments.string("url")
        let kind = try arguments.string("kind", default: WorkerKind.any.rawValue)
        guard let kind = WorkerKind(rawValue: kind) else {
            let known = WorkerKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw QueryArguments.BadArgument(sentence: "there is no kind of worker \(kind): allowed is \(known)")
        }
        let weight = try arguments.integer("weight", in: 0...Int64(WorkerSpecification.greatestWeight), default: 1) ?? 1
        let capacity = try arguments.integer("capacity", in: 1...1_000_000, default: nil)
        let cores = try arguments.decimal("cores", above: 0, to: 4_096)
        let node = arguments.optionalString("node").map { NodeName($0) }
        try arguments.finish()
        let worker: WorkerSpecification
        do throws(RoutingError) {
            worker = try WorkerSpecification(
                address: try WorkerAddress(url), kind: kind, weight: Int(weight), capacity: capacity.map { Int($0) },
                cores: cores, node: node)
        } catch {
            throw QueryArguments.BadArgument(sentence: error.description)
        }
        await admin.add(worker)
        return RouteChangeAnswer(worker.address, in: admin.control.snapshot())
    }

    /// Takes the worker at `url` out of the list.
    func removeRoute(_ arguments: inout QueryArguments) async throws -> RouteChangeAnswer {
        try await change(&arguments) { await $0.remove($1) }
    }

    /// Gives the worker at `url` nothing more.
    func drainRoute(_ arguments: inout QueryArguments) async throws -> RouteChangeAnswer {
        try await change(&arguments) { await $0.drain($1) }
    }

    /// Reads workers, registry and balancer anew.
    func reloadRoutes(_ arguments: inout QueryArguments) async throws -> RouteReloadAnswer {
        let admin = try routing()
        try arguments.finish()
        return try await admin.reload()
    }

    private func change(
        _ arguments: inout QueryArguments, _ order: (RoutingAdmin, WorkerAddress) async -> Bool
    ) async throws -> RouteChangeAnswer {
        let admin = try routing()
        let url = try arguments.string("url")
        try arguments.finish()
        let address: WorkerAddress
        do throws(RoutingError) {
            address = try WorkerAddress(url)
        } catch {
            throw QueryArguments.BadArgument(sentence: error.description)
        }
        guard await order(admin, address) else {
            let known = admin.control.snapshot().workers.filter(\.isMember).map(\.specification.address.text)
            let those = known.isEmpty ? "none" : known.joined(separator: ", ")
            throw NotThere(sentence: "there is no worker \(address): there is \(those)")
        }
        return RouteChangeAnswer(address, in: admin.control.snapshot())
    }
}
