import Glibc
import Testing
import Wire

/// Malformed bytes give a typed error: no crash, and no memory that is not given back.
@Suite("Mutated messages", .serialized)
struct FuzzTests {
    /// How many messages; ten million and more are asked for with REEVE_FUZZ_MESSAGES.
    static let count = getenv("REEVE_FUZZ_MESSAGES").flatMap { Int(String(cString: $0)) } ?? 1_000_000

    /// In a process of its own, whose memory is that of the decoders alone.
    @Test func `a million mutated messages give values or typed errors, in flat memory`() async {
        await #expect(processExitsWith: .success) { Self.decodeAll() }
    }

    private static func decodeAll() {
        var mutation = Mutation(of: MessageExamples.allBytes, seed: 1)
        var bytes: [UInt8] = []
        var read = 0
        var refused: [String: Int] = [:]
        var settled = 0
        for round in 0..<count {
            mutation.next(into: &bytes)
            let decoder = Decoder.allCases[round % Decoder.allCases.count]
            bytes.withUnsafeBytes { bytes in
                do throws(WireError) {
                    try decoder.decode(bytes)
                    read += 1
                } catch {
                    refused["\(error.code)", default: 0] += 1
                }
            }
            if round == count / 10 { settled = residentBytes() }
        }
        // Both ways were gone, else the mutations are too wild or too tame to prove anything.
        #expect(read > count / 100)
        #expect(refused.count == 3 && refused.values.allSatisfy { $0 > count / 10_000 }, "\(refused)")
        // A leak of 16 bytes per message would be 14 MB.
        let grown = residentBytes() - settled
        #expect(settled > 0 && grown < 8 << 20, "\(grown) bytes more than after a tenth")
    }

    /// The process's memory (the second number of /proc/self/statm, in pages).
    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
