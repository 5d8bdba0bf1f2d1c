import Topology
import WireC

extension ContainerReport {
    func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__AgentMessage()
        reeve__v1__agent_message__init(&message)
        message.kind_case = REEVE__V1__AGENT_MESSAGE__KIND_CONTAINERS
        message.containers = arena.copy(wire(in: arena))
        return withExtendedLifetime(arena) { packed(&message) }
    }

    private func wire(in arena: PackingArena) -> Reeve__V1__ContainerReport {
        var message = Reeve__V1__ContainerReport()
        reeve__v1__container_report__init(&message)
        message.node = arena.copy(node.rawValue)
        message.incarnation = incarnation
        message.number = number
        message.part = part
        message.parts = parts
        message.age_nanoseconds = ageNanoseconds
        message.interval_nanoseconds = intervalNanoseconds
        message.unsampled = unsampled
        message.n_containers = containers.count
        message.containers = arena.copy(containers.map { Optional(arena.copy($0.wire(in: arena))) })
        return message
    }

    init(wire pointer: UnsafePointer<Reeve__V1__ContainerReport>) throws(WireError) {
        let message = pointer.pointee
        var containers: [ContainerUsage] = []
        containers.reserveCapacity(message.n_containers)
        for container in messages(message.containers, count: message.n_containers) {
            containers.append(try ContainerUsage(wire: container))
        }
        try self.init(
            node: NodeName(try text(message.node, field: "node")), incarnation: message.incarnation,
            number: message.number, part: message.part, parts: message.parts, ageNanoseconds: message.age_nanoseconds,
            intervalNanoseconds: message.interval_nanoseconds, unsampled: message.unsampled, containers: containers)
    }
}

extension ContainerUsage {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__ContainerUsage {
        var message = Reeve__V1__ContainerUsage()
        reeve__v1__container_usage__init(&message)
        message.pod_uid = arena.copy(podUID)
        message.container_id = arena.copy(containerID)
        message.qos_class = qosClass.rawValue
        message.pod_namespace = namespace.map { arena.copy($0) }
        message.pod_name = pod.map { arena.copy($0) }
        message.container_name = container.map { arena.copy($0) }
        message.function_name = function.map { arena.copy($0.rawValue) }
        message.windows = windows
        message.has_cpu_cores_mean = cpuCoresMean == nil ? 0 : 1
        message.cpu_cores_mean = cpuCoresMean ?? 0
        message.has_cpu_cores_peak = cpuCoresPeak == nil ? 0 : 1
        message.cpu_cores_peak = cpuCoresPeak ?? 0
        message.has_memory_peak_bytes = memoryPeakBytes == nil ? 0 : 1
        message.memory_peak_bytes = memoryPeakBytes ?? 0
        message.has_throttled_windows = throttledWindows == nil ? 0 : 1
        message.throttled_windows = throttledWindows ?? 0
        message.has_cpu_limit_cores = cpuLimit == nil ? 0 : 1
        switch cpuLimit {
        case .cores(let cores): message.cpu_limit_cores = cores
        case .unlimited, nil: message.cpu_limit_cores = .infinity
        }
        message.has_memory_limit_bytes = memoryLimit == nil ? 0 : 1
        switch memoryLimit {
        case .bytes(let bytes): message.memory_limit_bytes = bytes
        case .unlimited, nil: message.memory_limit_bytes = .max
        }
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__ContainerUsage>) throws(WireError) {
        let message = pointer.pointee
        guard let qosClass = PodQoSClass(rawValue: message.qos_class) else {
            throw WireError(.inconsistent, "a container has QoS class \(message.qos_class): allowed is 1 to 3")
        }
        self.init(
            podUID: try nonempty(message.pod_uid, field: "pod_uid"),
            containerID: try nonempty(message.container_id, field: "container_id"), qosClass: qosClass)
        namespace = try name(message.pod_namespace, field: "pod_namespace")
        pod = try name(message.pod_name, field: "pod_name")
        container = try name(message.container_name, field: "container_name")
        function = try name(message.function_name, field: "function_name").map { FunctionName($0) }
        windows = message.windows
        cpuCoresMean = try cores(message.cpu_cores_mean, message.has_cpu_cores_mean, field: "cpu_cores_mean")
        cpuCoresPeak = try cores(message.cpu_cores_peak, message.has_cpu_cores_peak, field: "cpu_cores_peak")
        memoryPeakBytes = message.has_memory_peak_bytes == 0 ? nil : message.memory_peak_bytes
        throttledWindows = message.has_throttled_windows == 0 ? nil : message.throttled_windows
        if message.has_cpu_limit_cores != 0 {
            cpuLimit =
                message.cpu_limit_cores == .infinity
                ? .unlimited : .cores(try cores(message.cpu_limit_cores, 1, field: "cpu_limit_cores") ?? 0)
        }
        if message.has_memory_limit_bytes != 0 {
            memoryLimit = message.memory_limit_bytes == .max ? .unlimited : .bytes(message.memory_limit_bytes)
        }
    }
}

/// A text that must say something: what could not be told is absent, never empty.
func nonempty(_ pointer: UnsafePointer<CChar>?, field: StaticString) throws(WireError) -> String {
    let string = try text(pointer, field: field)
    guard !string.isEmpty else { throw WireError(.inconsistent, "field \(field) is empty: allowed is any other text") }
    return string
}

private func name(_ pointer: UnsafePointer<CChar>?, field: StaticString) throws(WireError) -> String? {
    pointer == nil ? nil : try nonempty(pointer, field: field)
}

/// A number of cores, nil when it is absent.
private func cores(
    _ value: Double, _ has: protobuf_c_boolean, field: StaticString
) throws(WireError) -> Double? {
    guard has != 0 else { return nil }
    guard value.isFinite, value >= 0 else {
        throw WireError(.inconsistent, "field \(field) is \(value): allowed is any number of cores from 0")
    }
    return value
}
