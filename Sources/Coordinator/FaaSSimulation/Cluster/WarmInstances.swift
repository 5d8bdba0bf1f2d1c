/// The instances that stay warm on all servers: found by server and function, given up in the order of their last use.
///
/// All of them stay warm equally long, so the one used longest ago on a server is also the first that expires. Both
/// orders are chains of array places; nothing is allocated once the largest number has been reached.
struct WarmInstances: Sendable {
    private struct Instance: Sendable {
        var function: Int32 = 0
        var mebibytes = 0
        var expiresAt = 0.0
        /// Neighbours among the server's instances, older and newer; a free place names the next free one as `newer`.
        var older: Int32 = -1, newer: Int32 = -1
        /// Neighbours among the server's instances of this function.
        var olderOfFunction: Int32 = -1, newerOfFunction: Int32 = -1
    }

    private struct Chain: Sendable {
        var oldest: Int32 = -1, newest: Int32 = -1
    }

    private var instances: [Instance] = []
    private var firstFree: Int32 = -1
    private var servers: [Chain]
    /// The chain of a function on a server, at `server * functionCount + function`.
    private var ofFunction: [Chain]
    private let functionCount: Int
    /// Mebibytes that each server's warm instances take.
    private(set) var mebibytes: [Int]

    init(servers: Int, functions: Int) {
        self.servers = Array(repeating: Chain(), count: servers)
        ofFunction = Array(repeating: Chain(), count: servers * functions)
        functionCount = functions
        mebibytes = Array(repeating: 0, count: servers)
    }

    /// Takes the function's instance used last out of those on `server`; false when there is none at `now`.
    mutating func take(server: Int, function: Int, at now: Double) -> Bool {
        expire(server: server, at: now)
        let newest = ofFunction[server * functionCount + function].newest
        guard newest >= 0 else { return false }
        remove(newest, server: server)
        return true
    }

    /// Keeps an instance of `mebibytes` warm until `expiresAt`, which is not earlier than that of any before it.
    mutating func keep(server: Int, function: Int, mebibytes size: Int, until expiresAt: Double) {
        let place = firstFree >= 0 ? firstFree : Int32(instances.count)
        let chain = server * functionCount + function
        let instance = Instance(
            function: Int32(function), mebibytes: size, expiresAt: expiresAt, older: servers[server].newest,
            olderOfFunction: ofFunction[chain].newest)
        if firstFree >= 0 {
            firstFree = instances[Int(place)].newer
            instances[Int(place)] = instance
        } else {
            instances.append(instance)
        }
        if instance.older >= 0 {
            instances[Int(instance.older)].newer = place
        } else {
            servers[server].oldest = place
        }
        servers[server].newest = place
        if instance.olderOfFunction >= 0 {
            instances[Int(instance.olderOfFunction)].newerOfFunction = place
        } else {
            ofFunction[chain].oldest = place
        }
        ofFunction[chain].newest = place
        mebibytes[server] += size
    }

    /// Gives instances of `server` up, those used longest ago first, until they take `limit` mebibytes at most.
    mutating func shrink(server: Int, to limit: Int) {
        while mebibytes[server] > limit { remove(servers[server].oldest, server: server) }
    }

    private mutating func expire(server: Int, at now: Double) {
        while servers[server].oldest >= 0, instances[Int(servers[server].oldest)].expiresAt <= now {
            remove(servers[server].oldest, server: server)
        }
    }

    private mutating func remove(_ place: Int32, server: Int) {
        let instance = instances[Int(place)]
        let chain = server * functionCount + Int(instance.function)
        if instance.older >= 0 {
            instances[Int(instance.older)].newer = instance.newer
        } else {
            servers[server].oldest = instance.newer
        }
        if instance.newer >= 0 {
            instances[Int(instance.newer)].older = instance.older
        } else {
            servers[server].newest = instance.older
        }
        if instance.olderOfFunction >= 0 {
            instances[Int(instance.olderOfFunction)].newerOfFunction = instance.newerOfFunction
        } else {
            ofFunction[chain].oldest = instance.newerOfFunction
        }
        if instance.newerOfFunction >= 0 {
            instances[Int(instance.newerOfFunction)].olderOfFunction = instance.olderOfFunction
        } else {
            ofFunction[chain].newest = instance.olderOfFunction
        }
        mebibytes[server] -= instance.mebibytes
        instances[Int(place)].newer = firstFree
        firstFree = place
    }
}
