/// Compares what was presented with a token in a time that tells nothing of the token but, at most, its length.
enum TokenComparison {
    /// Whether both are the same bytes. Every presented byte is looked at, whatever the first ones were.
    @inline(never)
    static func isEqual(_ presented: [UInt8], _ token: [UInt8]) -> Bool {
        var difference = UInt(bitPattern: presented.count ^ token.count)
        for (index, byte) in presented.enumerated() {
            difference |= UInt(byte ^ (token.isEmpty ? ~byte : token[index % token.count]))
        }
        return difference == 0
    }
}
