/// Numbers, with the units that people write behind them.
extension SettingsSection {
    /// The whole number of `key`, or `standard`, within `range`.
    public func integer(_ key: String, in range: ClosedRange<Int>, default standard: Int) throws(SettingsError) -> Int {
        guard let node = node(key) else {
            note(key, "\(standard)")
            return standard
        }
        guard let text = node.text, let value = Int(text), range.contains(value) else {
            let given = node.text ?? "not a number"
            throw SettingsError(
                "\(name(of: key)) is \(given): allowed is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        note(key, "\(value)")
        return value
    }

    /// The whole number of `key` within `range`, or nil when it is absent.
    public func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        node(key) == nil ? nil : try integer(key, in: range, default: range.lowerBound)
    }

    /// The number of `key`, written as "2" or "0.5", or `standard`, within `range`.
    public func decimal(
        _ key: String, in range: ClosedRange<Double>, default standard: Double
    ) throws(SettingsError) -> Double {
        guard let node = node(key) else {
            note(key, "\(standard)")
            return standard
        }
        let text = node.text ?? "not a number"
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard isPlain, let value = Double(text), range.contains(value) else {
            throw SettingsError(
                "\(name(of: key)) is \(text): allowed is a number from \(range.lowerBound) to \(range.upperBound), "
                    + "written like 2 or 0.5")
        }
        note(key, "\(value)")
        return value
    }

    /// The number of `key` within `range`, or nil when it is absent.
    public func optionalDecimal(_ key: String, in range: ClosedRange<Double>) throws(SettingsError) -> Double? {
        node(key) == nil ? nil : try decimal(key, in: range, default: range.lowerBound)
    }

    /// The duration of `key`, written as "20ms", "1s", "5m" or "2h", or `standard`, within `range`; all in nanoseconds.
    public func nanoseconds(
        _ key: String, in range: ClosedRange<UInt64>, default standard: UInt64
    ) throws(SettingsError) -> UInt64 {
        guard let node = node(key) else {
            note(key, DurationText.format(nanoseconds: standard))
            return standard
        }
        guard let text = node.text, let value = DurationText.parse(text), range.contains(value) else {
            throw SettingsError(
                "\(name(of: key)) is \(node.text ?? "not a duration"): allowed is a duration from "
                    + "\(DurationText.format(nanoseconds: range.lowerBound)) to "
                    + "\(DurationText.format(nanoseconds: range.upperBound)), written like 20ms, 1s, 5m or 2h")
        }
        note(key, DurationText.format(nanoseconds: value))
        return value
    }

    /// The duration of `key` in whole milliseconds within `range`, or nil when it is absent.
    public func optionalMilliseconds(_ key: String, in range: ClosedRange<UInt32>) throws(SettingsError) -> UInt32? {
        node(key) == nil ? nil : try milliseconds(key, in: range, default: range.lowerBound)
    }

    /// The duration of `key` in whole milliseconds, or `standard`, within `range`.
    public func milliseconds(
        _ key: String, in range: ClosedRange<UInt32>, default standard: UInt32
    ) throws(SettingsError) -> UInt32 {
        let nanoseconds = try nanoseconds(
            key, in: UInt64(range.lowerBound) * 1_000_000...UInt64(range.upperBound) * 1_000_000,
            default: UInt64(standard) * 1_000_000)
        guard nanoseconds % 1_000_000 == 0 else {
            throw SettingsError(
                "\(name(of: key)) is \(DurationText.format(nanoseconds: nanoseconds)): allowed are whole milliseconds")
        }
        return UInt32(nanoseconds / 1_000_000)
    }

    /// The duration of `key` in whole seconds, or `standard`, within `range`.
    public func wholeSeconds(
        _ key: String, in range: ClosedRange<Int>, default standard: Int
    ) throws(SettingsError) -> Int {
        let second: UInt64 = 1_000_000_000
        let nanoseconds = try nanoseconds(
            key, in: UInt64(range.lowerBound) * second...UInt64(range.upperBound) * second,
            default: UInt64(standard) * second)
        guard nanoseconds % second == 0 else {
            throw SettingsError(
                "\(name(of: key)) is \(DurationText.format(nanoseconds: nanoseconds)): allowed are whole seconds")
        }
        return Int(nanoseconds / second)
    }

    /// The share of `key`, written in per cent as "1%" or "2.5%", or `standard`, within `range`; all as parts of one.
    public func share(
        _ key: String, in range: ClosedRange<Double>, default standard: Double
    ) throws(SettingsError) -> Double {
        guard let node = node(key) else {
            note(key, PercentText.format(standard))
            return standard
        }
        guard let value = node.text.flatMap({ PercentText.parse($0) }), range.contains(value) else {
            throw SettingsError(
                "\(name(of: key)) is \(node.text ?? "not a share"): allowed is "
                    + "\(PercentText.format(range.lowerBound)) to \(PercentText.format(range.upperBound)), written like 1% or 2.5%")
        }
        note(key, PercentText.format(value))
        return value
    }

    /// The amount of memory of `key`, written as "64KiB" or "8MiB", or `standard`, within `range`; all in bytes.
    public func bytes(_ key: String, in range: ClosedRange<Int>, default standard: Int) throws(SettingsError) -> Int {
        guard let node = node(key) else {
            note(key, BytesText.format(standard))
            return standard
        }
        guard let value = node.text.flatMap({ BytesText.parse($0) }), range.contains(value) else {
            throw SettingsError(
                "\(name(of: key)) is \(node.text ?? "not an amount"): allowed is \(BytesText.format(range.lowerBound)) to "
                    + "\(BytesText.format(range.upperBound)), written like 64KiB or 8MiB")
        }
        note(key, BytesText.format(value))
        return value
    }

    /// The amount of memory of `key` within `range`, in bytes, or nil when it is absent.
    public func optionalBytes(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        node(key) == nil ? nil : try bytes(key, in: range, default: range.lowerBound)
    }
}
