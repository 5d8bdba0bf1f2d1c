import Influx
import Measures
import Testing

@Suite("The queue of lines")
struct LineQueueTests {
    private static let second: UInt64 = 1_000_000_000

    /// A queue with its clock; lines are texts of one byte unless said otherwise.
    private struct Bench {
        var queue: LineQueue
        var now = MonotonicInstant(nanoseconds: 0)

        init(bytes: Int = 1_000, lines: Int = 3, batchBytes: Int = 100) {
            queue = LineQueue(
                limits: .init(bytes: bytes, batchLines: lines, batchBytes: batchBytes),
                pause: RetryPause(first: second, longest: 8 * second), random: SeededRandom(seed: 1))
        }

        mutating func add(_ lines: String...) { for line in lines { queue.add(Array(line.utf8), at: now) } }

        /// The body that is to be sent now; "-" where none is.
        mutating func next() -> String {
            switch queue.next(at: now) {
            case .send(let body): String(decoding: body, as: UTF8.self)
            case .wait: "wait"
            case .idle: "-"
            }
        }

        mutating func finish(_ verdict: WriteVerdict) { queue.finish(verdict, at: now) }
        mutating func fail(afterSeconds: Double? = nil) {
            finish(.later(.serverError, afterSeconds: afterSeconds, sentence: ""))
        }
        mutating func pass(seconds: Double) { now = now.advanced(byNanoseconds: UInt64(seconds * 1e9)) }
        var counts: InfluxCounts { queue.counts(at: now) }
    }

    @Test func `goes out in batches, one at a time, in order`() {
        var bench = Bench()
        #expect(bench.next() == "-")
        bench.add("a", "b", "c", "d")
        #expect(bench.next() == "abc")
        bench.add("e")
        #expect(bench.next() == "-")
        #expect(bench.counts.waiting == 5 && bench.counts.waitingBytes == 5)
        bench.finish(.written)
        #expect(bench.next() == "de")
        bench.finish(.written)
        #expect(bench.next() == "-")
        let counts = bench.counts
        #expect(counts.written == 5 && counts.batches == 2 && counts.added == 5 && counts.dropped.isEmpty)
        #expect(counts.waiting == 0 && counts.waitingBytes == 0 && counts.oldestSeconds == nil)
    }

    @Test func `a batch has no more bytes than allowed, but a long line goes by itself`() {
        var bench = Bench(lines: 10, batchBytes: 4)
        bench.add("aa", "bb", "c", "dddddd", "e")
        var bodies: [String] = []
        while case let body = bench.next(), body != "-" {
            bodies.append(body)
            bench.finish(.written)
        }
        #expect(bodies == ["aabb", "c", "dddddd", "e"])
    }

    @Test func `what failed goes again, before what came later, and after pauses that grow`() {
        var bench = Bench()
        bench.add("a", "b")
        var pauses: [Double] = []
        for _ in 1...6 {
            #expect(bench.next() == "ab")
            bench.fail()
            guard case .wait(let until) = bench.queue.next(at: bench.now) else {
                Issue.record("nothing is to be sent at once after a failure")
                return
            }
            pauses.append(until.seconds(since: bench.now))
            bench.pass(seconds: pauses[pauses.count - 1] - 0.001)
            #expect(bench.next() == "wait")
            bench.pass(seconds: 0.001)
        }
        for (pause, most) in zip(pauses, [1.0, 2, 4, 8, 8, 8]) { #expect(pause >= most / 2 && pause <= most, "\(pauses)") }
        #expect(Set(pauses).count == 6, "pauses are spread: \(pauses)")
        bench.add("c", "d")
        #expect(bench.next() == "abc")
        bench.finish(.written)
        #expect(bench.next() == "d")
        bench.fail()
        guard case .wait(let until) = bench.queue.next(at: bench.now) else { return #expect(Bool(false)) }
        #expect(until.seconds(since: bench.now) <= 1, "a success begins anew")
        #expect(bench.counts.retries == [.serverError: 7] && bench.counts.written == 3)
    }

    @Test func `waits as long as the database asks for`() {
        var bench = Bench()
        bench.add("a")
        #expect(bench.next() == "a")
        bench.fail(afterSeconds: 30)
        bench.pass(seconds: 29.9)
        #expect(bench.next() == "wait")
        bench.pass(seconds: 0.1)
        #expect(bench.next() == "a")
    }

    @Test func `the oldest make room, but not what is on its way`() {
        var bench = Bench(bytes: 4, lines: 2)
        bench.add("a", "b", "c", "d")
        #expect(bench.next() == "ab")
        bench.add("e", "f")
        #expect(bench.counts.dropped == [.queueFull: 2] && bench.counts.waitingBytes == 4)
        bench.fail()
        bench.add("g")
        #expect(bench.counts.dropped == [.queueFull: 3])
        bench.pass(seconds: 10)
        #expect(bench.next() == "be")
        bench.finish(.written)
        #expect(bench.next() == "fg")
        bench.finish(.written)
        #expect(bench.counts.written == 4 && bench.counts.written + 3 == bench.counts.added)
    }

    @Test func `a line that is longer than the whole queue is not kept`() {
        var bench = Bench(bytes: 4)
        bench.add("a", "bbbbb", "c")
        #expect(bench.next() == "c")
        #expect(bench.counts.dropped == [.queueFull: 2])
    }

    @Test func `what would never be written is dropped and counted by its reason`() {
        var bench = Bench(lines: 4)
        bench.add("a", "b", "c", "d", "e", "f")
        #expect(bench.next() == "abcd")
        bench.finish(.partlyWritten(dropped: 1, reason: .partialWrite, sentence: ""))
        #expect(bench.next() == "ef")
        bench.finish(.refused(.malformed, sentence: ""))
        #expect(bench.next() == "-")
        #expect(bench.counts.written == 3 && bench.counts.dropped == [.partialWrite: 1, .malformed: 2])
        #expect(bench.counts.waiting == 0 && bench.counts.waitingBytes == 0)
    }

    @Test func `a database that says more was dropped than was sent is not believed`() {
        var bench = Bench()
        bench.add("a")
        #expect(bench.next() == "a")
        bench.finish(.partlyWritten(dropped: 9, reason: .partialWrite, sentence: ""))
        #expect(bench.counts.written == 0 && bench.counts.dropped == [.partialWrite: 1])
    }

    @Test func `a batch that is too large goes in halves, and a line that is, never`() {
        var bench = Bench(lines: 4)
        bench.add("a", "b", "c", "d", "e")
        var bodies: [String] = []
        while case let body = bench.next(), body != "-" {
            bodies.append(body)
            bench.finish(body.contains("c") ? .tooLarge(sentence: "") : .written)
        }
        #expect(bodies == ["abcd", "ab", "cde", "c", "d", "e"], "\(bodies)")
        #expect(bench.counts.written == 4 && bench.counts.dropped == [.tooLarge: 1])
    }

    @Test func `a batch that nobody answered waits again, and holds nothing against the database`() {
        var bench = Bench()
        bench.add("a")
        #expect(bench.next() == "a")
        bench.queue.takeBack()
        #expect(bench.next() == "a")
        #expect(bench.counts.retries.isEmpty)
    }

    @Test func `what is left at the end is counted`() {
        var bench = Bench()
        bench.add("a", "b", "c", "d")
        #expect(bench.next() == "abc")
        #expect(bench.queue.end() == 4)
        #expect(bench.counts.dropped == [.stopped: 4] && bench.counts.waiting == 0 && bench.counts.waitingBytes == 0)
    }

    @Test func `tells how long the oldest has waited`() {
        var bench = Bench()
        bench.add("a")
        bench.pass(seconds: 2)
        bench.add("b")
        bench.pass(seconds: 3)
        #expect(bench.counts.oldestSeconds == 5)
        _ = bench.next()
        #expect(bench.counts.oldestSeconds == 5)
    }

    /// Whatever comes in whatever order: each line is written, dropped or waiting, and nothing exceeds its bound.
    @Test(arguments: 1...20)
    func `loses count of nothing`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var bench = Bench(bytes: 60, lines: 5, batchBytes: 20)
        var isSending = false
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bench.add(String(repeating: "x", count: Int.random(in: 1...8, using: &random)))
            case 1: if case let body = bench.next(), body != "-", body != "wait" { isSending = true }
            case 2 where isSending:
                isSending = false
                switch Int.random(in: 0..<6, using: &random) {
                case 0: bench.finish(.written)
                case 1: bench.finish(.partlyWritten(dropped: 1, reason: .partialWrite, sentence: ""))
                case 2: bench.finish(.refused(.malformed, sentence: ""))
                case 3: bench.finish(.tooLarge(sentence: ""))
                case 4: bench.queue.takeBack()
                default: bench.fail()
                }
            default: bench.pass(seconds: random.uniform() * 4)
            }
            let counts = bench.counts
            #expect(counts.added == counts.written + counts.dropped.values.reduce(0, +) + UInt64(counts.waiting))
            #expect(counts.waitingBytes <= 60 && (counts.waiting == 0) == (counts.waitingBytes == 0))
        }
    }
}
