/// `sys/fs/resctrl`: traffic behind each last-level cache (Linux, Documentation/arch/x86/resctrl.rst).
///
/// Half of the traffic belongs to the root's group, half to another control group, and of each half a part to a
/// monitoring group in it. A control group's files give the sum with the monitoring groups in it, so that a node's
/// total is the sum over the control groups.
struct ResourceControlFiles {
    private struct Group {
        let path: String
        /// What it shows of the node's traffic.
        let share: Double
    }

    private struct Domain {
        let socket: Int
        var counters: [Counter]
    }

    private struct Counter {
        let share: Double
        let isLocal: Bool
        let file: TextFile
        var bytes: UInt64 = 0
        var counts = WholeCounts()
    }

    private static let groups = [
        Group(path: "", share: 0.5), Group(path: "/mon_groups/watched", share: 0.25),
        Group(path: "/tenants", share: 0.5), Group(path: "/tenants/mon_groups/first", share: 0.125),
    ]
    /// Bytes of the cache that each group is shown to occupy.
    private static let occupancy = 1 << 20

    private var domains: [Domain] = []
    private let cachesPerSocket: Double
    /// Whether the counters answer; otherwise their files say "Unavailable".
    var isAvailable = true {
        didSet { show() }
    }

    init(files: TreeFiles, hardware: NodeHardware) throws(VirtualTreeError) {
        let folder = "sys/fs/resctrl"
        cachesPerSocket = Double(hardware.cachesPerSocket)
        try files.write(
            [
                "num_rmids": "224", "mon_features": "llc_occupancy\nmbm_total_bytes\nmbm_local_bytes",
                "max_threshold_occupancy": "65536",
            ], below: "\(folder)/info/L3_MON")
        for cache in 0..<hardware.cacheCount {
            var counters: [Counter] = []
            for group in Self.groups {
                let data = "\(folder)\(group.path)/mon_data/mon_L3_\(cache < 10 ? "0" : "")\(cache)"
                try files.write("\(Self.occupancy)", to: "\(data)/llc_occupancy")
                for (name, isLocal) in [("mbm_total_bytes", false), ("mbm_local_bytes", true)] {
                    let file = try TextFile("\(data)/\(name)", in: files)
                    counters.append(Counter(share: group.share, isLocal: isLocal, file: file))
                }
            }
            domains.append(Domain(socket: cache / hardware.cachesPerSocket, counters: counters))
        }
        show()
    }

    /// Lets `seconds` pass; the traffic of a socket is spread evenly over its caches.
    mutating func step(seconds: Double, _ activity: NodeActivity) {
        for index in domains.indices {
            let socket = activity.socket(domains[index].socket)
            let bytes =
                (socket.memoryReadBytesPerSecond + socket.memoryWriteBytesPerSecond) * seconds / cachesPerSocket
            for number in domains[index].counters.indices {
                let counter = domains[index].counters[number]
                let own = bytes * counter.share * (counter.isLocal ? socket.localShare : 1)
                domains[index].counters[number].bytes += domains[index].counters[number].counts.take(own)
            }
        }
        show()
    }

    private func show() {
        for counter in domains.lazy.flatMap(\.counters) {
            counter.file.write(isAvailable ? "\(counter.bytes)" : "Unavailable")
        }
    }
}
