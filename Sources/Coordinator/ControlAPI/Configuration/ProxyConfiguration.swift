import Proxy
import Routing
import Settings

extension ProxySettings {
    /// The keys of section `routing` that are taken at start: where the proxy listens, how much it takes in, how long
    /// it waits, whom it believes.
    init(_ section: SettingsSection) throws(SettingsError) {
        var addresses: [ListenAddress] = []
        for text in try section.strings("listen") {
            addresses.append(try named(section.name(of: "listen")) { try ListenAddress(text) })
        }
        self.init(listen: addresses)
        let queue = try section.sectionOrStandard("queue")
        queueCapacity = try queue.integer("capacity", in: 0...1_000_000, default: queueCapacity)
        queuePatienceSeconds = try queue.seconds("patience", default: queuePatienceSeconds)
        try takeLimits(try section.sectionOrStandard("limits"))
        try takeTimeouts(try section.sectionOrStandard("timeouts"))
        let retries = try section.sectionOrStandard("retries")
        self.retries.attempts = try retries.integer("attempts", in: 1...100, default: self.retries.attempts)
        self.retries.resendsIdempotent = try retries.boolean("idempotent", default: self.retries.resendsIdempotent)
        health = try HealthRules(try section.sectionOrStandard("health"))
        healthCheck = try section.section("healthCheck").map { section throws(SettingsError) in
            try HealthCheck(section)
        }
        accessLog = try section.section("accessLog").map { section throws(SettingsError) in
            try AccessLogSettings(section)
        }
        for text in try section.optionalStrings("trustedProxies") {
            trustedProxies.append(
                try named(section.name(of: "trustedProxies")) { try AddressRange(text) })
        }
        eventLoops = try section.integer("eventLoops", in: 1...256, default: eventLoops)
        try named(section.path) { try validate() }
    }

    private mutating func takeLimits(_ section: SettingsSection) throws(SettingsError) {
        limits.headBytes = try section.bytes("head", in: 1_024...(1 << 24), default: limits.headBytes)
        limits.targetBytes = try section.bytes("target", in: 64...(1 << 24), default: limits.targetBytes)
        limits.bodyBytes = try section.optionalBytes("body", in: 1...(1 << 50))
        limits.heldBodyBytes = try section.bytes("heldBody", in: 1...(1 << 30), default: limits.heldBodyBytes)
        limits.clientConnections = try section.optionalInteger("clientConnections", in: 1...10_000_000)
        connectionsPerWorker = try section.optionalInteger("workerConnections", in: 1...1_000_000)
        idleConnectionsPerWorker = try section.integer(
            "idleWorkerConnections", in: 1...1_000_000, default: idleConnectionsPerWorker)
        limits.measuredFunctions = try section.integer(
            "measuredFunctions", in: 1...100_000, default: limits.measuredFunctions)
    }

    private mutating func takeTimeouts(_ section: SettingsSection) throws(SettingsError) {
        timeouts.clientHead = try section.seconds("clientHead", default: timeouts.clientHead)
        timeouts.clientIdle = try section.seconds("clientIdle", default: timeouts.clientIdle)
        timeouts.keepAlive = try section.seconds("keepAlive", default: timeouts.keepAlive)
        timeouts.connect = try section.seconds("connect", default: timeouts.connect)
        timeouts.response = try section.seconds("response", default: timeouts.response)
        timeouts.workerIdle = try section.seconds("workerIdle", default: timeouts.workerIdle)
        timeouts.workerKeepAlive = try section.seconds("workerKeepAlive", default: timeouts.workerKeepAlive)
        drainSeconds = try section.seconds("drain", default: drainSeconds)
    }
}

extension HealthRules {
    /// The section `routing.health`.
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        self.init()
        failuresToEject = try section.integer("failures", in: 1...1_000, default: failuresToEject)
        failureWindowSeconds = try section.seconds("within", default: failureWindowSeconds)
        ejectionSeconds = try section.seconds("ejection", default: ejectionSeconds)
        longestEjectionSeconds = try section.seconds("longestEjection", default: longestEjectionSeconds)
        fullSeconds = try section.seconds("full", default: fullSeconds)
        guard ejectionSeconds <= longestEjectionSeconds else {
            throw SettingsError(
                "\(section.path): ejection is \(ejectionSeconds) s and longestEjection \(longestEjectionSeconds) s: "
                    + "allowed is an ejection that is not longer than the longest")
        }
    }
}

extension HealthCheck {
    /// The section `routing.healthCheck`.
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        self.init()
        path = try section.optionalString("path")
        intervalSeconds = try section.seconds("interval", default: intervalSeconds)
        timeoutSeconds = try section.seconds("timeout", default: timeoutSeconds)
        healthyAfter = try section.integer("healthyAfter", in: 1...100, default: healthyAfter)
        unhealthyAfter = try section.integer("unhealthyAfter", in: 1...100, default: unhealthyAfter)
    }
}

extension AccessLogSettings {
    /// The section `routing.accessLog`.
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        let formats = Format.allCases.map(\.rawValue)
        self.init(
            path: try section.string("path"),
            format: Format(rawValue: try section.choice("format", of: formats, default: Format.json.rawValue)) ?? .json)
    }
}

extension SettingsSection {
    /// The duration of `key` in seconds, from a millisecond to a day, which is what the proxy allows of any.
    fileprivate func seconds(_ key: String, default standard: Double) throws(SettingsError) -> Double {
        Double(
            try nanoseconds(key, in: 1_000_000...86_400_000_000_000, default: UInt64((standard * 1e9).rounded()))) / 1e9
    }
}
