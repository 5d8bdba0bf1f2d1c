/// One request of the load and the answer to it, made from its number alone: clients and workers know the same, so that
/// each sees whether what the other got is right to the last byte.
struct Exchange {
    let number: UInt32

    /// What both sides take bodies from.
    private static let block: [UInt8] = {
        var state: UInt64 = 0x5eed
        return (0..<(1 << 20)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }()

    /// Bits that have nothing to do with each other for neighbouring numbers (splitmix64).
    private func bits(_ salt: UInt64) -> UInt64 {
        var value = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 &+ salt &* 0xd1b5_4a32_d192_ed03
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    private func happens(onceIn count: UInt64, _ salt: UInt64) -> Bool { bits(salt) % count == 0 }

    private func piece(_ salt: UInt64) -> ArraySlice<UInt8> {
        let bits = bits(salt)
        let longest: UInt64 = bits % 1_000 == 0 ? 200_000 : bits % 20 == 0 ? 10_000 : 400
        let start = Int((bits >> 40) % 700_000)
        return Self.block[start..<(start + Int((bits >> 20) % longest))]
    }

    // MARK: The request

    /// Every other request has a body and must not be carried out twice.
    var isPost: Bool { number % 2 == 1 }
    var function: String { "f\(bits(1) % 97)" }
    var target: String { "/run/\(function)?number=\(number)" }
    var requestBody: ArraySlice<UInt8> { isPost ? piece(2) : [] }
    var requestIsChunked: Bool { isPost && happens(onceIn: 5, 3) }

    /// The number in a target, when the rest of it is right as well.
    static func number(of target: String) -> UInt32? {
        guard let text = target.split(separator: "=").last, let number = UInt32(text),
            Exchange(number: number).target == target
        else { return nil }
        return number
    }

    // MARK: The answer

    var status: Int { happens(onceIn: 700, 4) ? 500 : 200 }
    var answerBody: [UInt8] { Array("\(number) \(function)\n".utf8) + piece(5) }
    var answerIsChunked: Bool { happens(onceIn: 3, 6) }
    var answerCloses: Bool { happens(onceIn: 300, 7) }
    var delayMilliseconds: Int64 { happens(onceIn: 40, 8) ? Int64(bits(9) % 20) : 0 }

    /// What a worker does instead of answering.
    enum Fault {
        case none
        /// Half of the body, then the end of the connection.
        case cutShort
        /// The end of the connection before any answer.
        case closed
        /// 429: the request is not carried out.
        case full
    }

    /// What the worker called `worker` does; another one may do well.
    func fault(at worker: String) -> Fault {
        let salt = worker.utf8.reduce(UInt64(100)) { $0 &* 31 &+ UInt64($1) }
        switch bits(salt) % 4_000 {
        case 0..<10: return .cutShort
        case 10..<14: return .closed
        case 14..<20: return .full
        default: return .none
        }
    }
}
