import Measures

/// Makes wrong messages out of right ones, repeatably.
struct Mutation {
    private let originals: [[UInt8]]
    private var random: SeededRandom

    init(of originals: [[UInt8]], seed: UInt64) {
        self.originals = originals
        random = SeededRandom(seed: seed, stream: "mutation")
    }

    /// Fills `bytes` with one to four changes of an original: flipped bits, a cut end, a part of another message, a lie
    /// about a length, a doubled part.
    mutating func next(into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes += originals[random.index(below: originals.count)]
        for _ in 0...random.index(below: 4) { change(&bytes) }
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: random.next())) }
        let place = random.index(below: bytes.count)
        switch random.index(below: 6) {
        case 0: bytes[place] ^= 1 << UInt8(random.index(below: 8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.removeSubrange(place...)
        case 3:
            let other = originals[random.index(below: originals.count)]
            guard !other.isEmpty else { return }
            let start = random.index(below: other.count)
            let end = start + random.index(below: other.count - start + 1)
            bytes.replaceSubrange(place..<min(place + end - start, bytes.count), with: other[start..<end])
        case 4:
            // A varint that claims far more than follows: what a length or a count may be mistaken for.
            let lie: [UInt8] = [[0x7f], [0xff, 0xff, 0x3f], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0x07]][
                random.index(below: 4)]
            bytes.replaceSubrange(place...place, with: lie)
        default:
            let part = bytes[place..<min(place + 1 + random.index(below: 64), bytes.count)]
            bytes.insert(contentsOf: Array(part), at: place)
        }
    }
}
