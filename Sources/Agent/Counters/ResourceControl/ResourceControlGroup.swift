import KernelFiles
import Registers

/// What a control group's monitoring has counted: one file for each cache and event.
///
/// A control group's files give the sum of its own tasks and those of the monitoring groups in it (Linux,
/// Documentation/arch/x86/resctrl.rst, "mon_data"), so that the latter must not be added. They matter all the same: when
/// one is removed, the sum falls by what it had counted.
struct ResourceControlGroup {
    /// What the files count.
    enum Event: String, CaseIterable {
        case total = "mbm_total_bytes"
        case local = "mbm_local_bytes"

        var quantity: Quantity { self == .total ? .l3ExternalBytes : .l3LocalBytes }
    }

    /// One file of the group's.
    struct Counter {
        let event: Event
        let row: Int
        /// The file's place in any group's folder.
        let place: String
        fileprivate let file: KernelFile
        /// What it held when its bytes were counted last; nil before the first time.
        fileprivate var last: UInt64?
        /// Readings in turn that were below `last`.
        fileprivate var falls = 0

        init(event: Event, row: Int, place: String, file: KernelFile) {
            self.event = event
            self.row = row
            self.place = place
            self.file = file
        }
    }

    /// What became of one reading.
    enum Reading: Equatable {
        /// So many bytes more than the last time.
        case bytes(UInt64)
        /// The kernel has no number to give at present; it says this instead.
        case word(String)
        /// Less than the last time.
        case fallen
        /// The group is gone.
        case gone
    }

    let folder: ResourceControlTree.Folder
    private(set) var counters: [Counter]
    /// Room for a number, or for a word in place of one.
    private let buffer = ReadBuffer(byteCount: 32)
    /// What the files of each monitoring group held when they were looked at last.
    private var members: [ResourceControlTree.Folder: [UInt64?]] = [:]

    /// Falls in turn after which a sum is believed to have been set back.
    private static let toleratedFalls = 3

    /// Opens the files of `folder` for the caches whose socket row `row` knows.
    init(_ folder: ResourceControlTree.Folder, row: (Int) -> Int?) {
        self.folder = folder
        counters = []
        for cache in KernelText.names(in: "\(folder.path)/mon_data") {
            guard cache.hasPrefix(Self.prefix), let number = Int(cache.dropFirst(Self.prefix.count)),
                let row = row(number)
            else { continue }
            for event in Event.allCases {
                let place = "mon_data/\(cache)/\(event.rawValue)"
                guard let file = KernelFile("\(folder.path)/\(place)") else { continue }
                counters.append(Counter(event: event, row: row, place: place, file: file))
            }
        }
    }

    private static let prefix = "mon_L3_"

    /// Takes note of the monitoring groups in the group. What one that is gone had counted is not in the sums any more; one
    /// that was moved here, from among `strangers` that other groups had, brings with it what it had counted there.
    mutating func follow(_ monitoring: [ResourceControlTree.Folder], strangers: Set<UInt64>) {
        for (gone, values) in members where !monitoring.contains(gone) {
            for (index, value) in values.enumerated() {
                guard let value, let last = counters[index].last else { continue }
                counters[index].last = last - min(value, last)
            }
        }
        let before = members
        members = [:]
        for member in monitoring {
            let values = counters.map { counter in
                KernelText.contents("\(member.path)/\(counter.place)").flatMap { UInt64($0) }
            }
            members[member] = values
            guard before[member] == nil, strangers.contains(member.inode) else { continue }
            for (index, value) in values.enumerated() {
                counters[index].last = counters[index].last.map { $0 &+ (value ?? 0) }
            }
        }
    }

    /// The monitoring groups in the group, by what tells a moved one again.
    var memberInodes: [UInt64] { members.keys.map(\.inode) }

    /// Reads the counter of index `index`. A sum that falls keeps the last one as its baseline, because the kernel leaves
    /// out monitoring groups that it cannot read for a moment; one that stays low becomes the new baseline, its bytes
    /// being unknown. `isFinal` says that nothing is left to explain a fall by.
    mutating func read(_ index: Int, isFinal: Bool) -> Reading {
        guard let text = counters[index].file.text(in: buffer) else { return .gone }
        var scanner = ByteScanner(text)
        guard let value = scanner.number() else { return .word(Self.firstLine(text)) }
        guard let last = counters[index].last, value < last else {
            defer { counters[index].last = value }
            counters[index].falls = 0
            return .bytes(value - (counters[index].last ?? value))
        }
        guard isFinal else { return .fallen }
        counters[index].falls += 1
        if counters[index].falls >= Self.toleratedFalls {
            counters[index].last = value
            counters[index].falls = 0
        }
        return .fallen
    }

    private static func firstLine(_ text: UnsafeRawBufferPointer) -> String {
        String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
