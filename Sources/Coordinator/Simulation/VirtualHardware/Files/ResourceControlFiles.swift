/// `sys/fs/resctrl`: traffic behind each last-level cache (Linux, Documentation/arch/x86/resctrl.rst). There is one
/// monitoring group beside the root, which gets half of the traffic: a node's total is the sum of both.
struct ResourceControlFiles {
    private struct Domain {
        let cache: Int
        let socket: Int
        var files: [[TextFile]]
        var total: UInt64 = 0, local: UInt64 = 0
        var totalCounts = WholeCounts(), localCounts = WholeCounts()
    }

    /// Paths of the groups below `sys/fs/resctrl`: the root, and a monitoring group.
    static let groups = ["", "/mon_groups/tenants"]
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
            var ofDomain: [[TextFile]] = []
            for group in Self.groups {
                let data = "\(folder)\(group)/mon_data/mon_L3_\(cache < 10 ? "0" : "")\(cache)"
                try files.write("\(Self.occupancy)", to: "\(data)/llc_occupancy")
                ofDomain.append([
                    try TextFile("\(data)/mbm_total_bytes", in: files),
                    try TextFile("\(data)/mbm_local_bytes", in: files),
                ])
            }
            domains.append(Domain(cache: cache, socket: cache / hardware.cachesPerSocket, files: ofDomain))
        }
        show()
    }

    /// Lets `seconds` pass; the traffic of a socket is spread evenly over its caches.
    mutating func step(seconds: Double, _ activity: NodeActivity) {
        for index in domains.indices {
            let socket = activity.socket(domains[index].socket)
            let bytes =
                (socket.memoryReadBytesPerSecond + socket.memoryWriteBytesPerSecond) * seconds / cachesPerSocket
            domains[index].total += domains[index].totalCounts.take(bytes)
            domains[index].local += domains[index].localCounts.take(bytes * socket.localShare)
        }
        show()
    }

    private func show() {
        for domain in domains {
            for (group, files) in domain.files.enumerated() {
                for (file, bytes) in zip(files, [domain.total, domain.local]) {
                    let half = group == 0 ? bytes - bytes / 2 : bytes / 2
                    file.write(isAvailable ? "\(half)" : "Unavailable")
                }
            }
        }
    }
}
