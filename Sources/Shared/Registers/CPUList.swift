/// A set of CPU numbers in the kernel's list format, as in "0-3,8" (Linux, Documentation/admin-guide/cputopology.rst).
public enum CPUList {
    /// The numbers that `text` names, ascending and each once; an empty list is allowed. Nil when `text` is not a list
    /// or a range runs backwards. White space at either end is ignored.
    public static func parse(_ text: some StringProtocol) -> [Int]? {
        let trimmed = text.drop(while: \.isWhitespace)
        let list = trimmed.prefix { !$0.isWhitespace }
        guard trimmed.dropFirst(list.count).allSatisfy(\.isWhitespace) else { return nil }
        guard !list.isEmpty else { return [] }
        var numbers: Set<Int> = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
                return nil
            }
            numbers.formUnion(first...last)
        }
        return numbers.sorted()
    }

    /// The list of `numbers` in the kernel's format, runs drawn together.
    public static func format(_ numbers: some Sequence<Int>) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in Set(numbers).sorted() {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// The largest CPU number believed: the kernel's own limit is 8192 CPUs (CONFIG_NR_CPUS on x86-64).
    private static let limit = 8192

    private static func number(_ digits: some StringProtocol) -> Int? {
        guard let number = Int(digits), (0..<limit).contains(number) else { return nil }
        return number
    }
}
