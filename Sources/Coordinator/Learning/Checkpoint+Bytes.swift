#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The file format. Replay slots are in the writing machine's layout, which this version fixes as little-endian.
extension Checkpoint {
    static let file = SealedFile(magic: "reeveDQN", version: 1, noun: "checkpoint")

    /// The checkpoint as a file holds it.
    public func encoded() -> [UInt8] {
        var payload = ByteWriter()
        payload.append(topology)
        payload.append(preset)
        payload.append(Self.json(hyperparameters))
        for value in [observationCount, actionCount, totalSteps, steps, calls, gradientSteps, optimizerSteps] {
            payload.append(UInt64(value))
        }
        payload.append(epsilon.bitPattern)
        for word in exploration + sampling { payload.append(word) }
        for values in [online, target, firstMoments, secondMoments] { payload.append(values) }
        payload.append(UInt64(replayPosition))
        payload.append(UInt8(replayIsFull ? 1 : 0))
        payload.append(replay)

        return Self.file.sealed(payload.bytes)
    }

    /// Reads what `encoded()` wrote.
    ///
    /// - Throws: `LearningError` of code `foreign` (no checkpoint), `unsupportedVersion`, `truncated` or `corrupted`.
    public init(bytes: [UInt8]) throws(LearningError) {
        var reader = try Self.file.opened(bytes)
        topology = try reader.text()
        preset = try reader.text()
        let json = try reader.array()
        guard let hyperparameters = Self.hyperparameters(json) else {
            throw LearningError(.corrupted, "The checkpoint's hyper-parameters cannot be read.")
        }
        self.hyperparameters = hyperparameters
        observationCount = try reader.count()
        actionCount = try reader.count()
        totalSteps = try reader.count()
        steps = try reader.count()
        calls = try reader.count()
        gradientSteps = try reader.count()
        optimizerSteps = try reader.count()
        epsilon = Double(bitPattern: try reader.integer(UInt64.self))
        exploration = try reader.words(4)
        sampling = try reader.words(4)
        online = try reader.floats()
        target = try reader.floats()
        firstMoments = try reader.floats()
        secondMoments = try reader.floats()
        replayPosition = try reader.count()
        replayIsFull = try reader.integer(UInt8.self) != 0
        replay = try reader.array()
        guard reader.remaining == 0 else { throw ByteReader.unfit }
        try validate()
    }

    private static func json(_ hyperparameters: DQNHyperparameters) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // An unlimited gradient norm is infinite, which JSON cannot write as a number.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(hyperparameters) else {
            preconditionFailure("hyper-parameters are numbers, which can always be written")
        }
        return Array(data)
    }

    private static func hyperparameters(_ json: [UInt8]) -> DQNHyperparameters? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(DQNHyperparameters.self, from: Data(json))
    }
}

extension ByteReader {
    fileprivate mutating func words(_ count: Int) throws(LearningError) -> [UInt64] {
        var words: [UInt64] = []
        for _ in 0..<count { words.append(try integer(UInt64.self)) }
        return words
    }
}
