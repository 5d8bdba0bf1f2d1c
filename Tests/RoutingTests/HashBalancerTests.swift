import Measures
import Testing
import Topology

@testable import Routing

@Suite("Hashing balancers")
struct HashBalancerTests {
    /// Check values of the algorithms' authors: FNV's test vectors for "foobar", and the CRC of "123456789".
    @Test func `hash functions give their published values`() {
        #expect(Hashes.fnv1("foobar".utf8) == 0x31f0_b262)
        #expect(Hashes.fnv1a("foobar".utf8) == 0xbf9c_f968)
        #expect(Hashes.fnv1("".utf8) == 0x811c_9dc5)
        #expect(Hashes.crc32("123456789".utf8) == 0xcbf4_3926)
    }

    @Test func `ip-hash keeps a network together and goes on hashing past a worker that is out`() throws {
        // h = ((89 * 113 + 10) * 113 + 0) * 113 + 7, each step modulo 6271.
        #expect(ClientHash.hash([10, 0, 7, 250]) == ((((89 * 113 + 10) % 6271) * 113 % 6271) * 113 + 7) % 6271)
        #expect(ClientHash.hash([10, 0, 7, 1]) == ClientHash.hash([10, 0, 7, 2]))
        var bytes = [UInt8](repeating: 0, count: 16)
        let before = ClientHash.hash(bytes)
        bytes[15] = 1
        #expect(ClientHash.hash(bytes) != before, "all of an IPv6 address counts")

        var bench = try Bench("ip-hash", weights: [1, 1, 1, 1])
        let home = try bench.mustSend(client: [192, 168, 3, 9])
        #expect(home == ClientHash.hash([192, 168, 3, 9]) % 4)
        #expect(bench.send(client: [192, 168, 3, 77]) == home)
        _ = try bench.router.drain(address(home), at: at(0))
        let next = ClientHash.hash([192, 168, 3, 9], from: ClientHash.hash([192, 168, 3, 9])) % 4
        let second = try bench.mustSend(client: [192, 168, 3, 9])
        #expect(second != home && (next == home || second == next))
        #expect(bench.send(client: []) != nil, "without an address it is whose turn it is")
    }

    @Test func `generic hash follows the weights and spares others' keys when a worker is out`() throws {
        var bench = try Bench("hash", weights: [1, 2, 1])
        let keys = (0..<200).map { "/function/f\($0)?x=1" }
        let homes = keys.map { key in bench.sendInTurn(1, uri: key)[0] }
        for (key, home) in zip(keys, homes) {
            let share = Int((Hashes.crc32(key.utf8) >> 16) & 0x7fff) % 4
            #expect(home == [0, 1, 1, 2][share])
        }
        _ = try bench.router.drain(address(2), at: at(0))
        for (key, home) in zip(keys, homes) where home != 2 { #expect(bench.sendInTurn(1, uri: key) == [home]) }
        #expect(GenericHash.hash("k", number: 3) == Int((Hashes.crc32("3k".utf8) >> 16) & 0x7fff))
    }

    @Test func `bounded hash keeps a function at home until it has more than its share`() throws {
        var bench = try Bench("bounded-hash", weights: [1, 1, 1, 1])
        let home = try bench.mustSend("f")
        #expect(bench.sendInTurn(1, "f", uri: "/function/f?other=query") != [nil])
        // 1.25 * (load + 1) / 4, rounded up: 1 up to a load of 2, 2 up to 5, 3 up to 8.
        var others = 0
        for load in 1..<40 {
            let bound = Int((1.25 * Double(load + 1) / 4).rounded(.up))
            let before = bench.loads[home]
            let worker = try bench.mustSend("f")
            #expect((worker == home) == (before + 1 <= bound))
            if worker != home { others += 1 }
            #expect(bench.loads.allSatisfy { $0 <= bound })
        }
        #expect(others > 0)
    }

    @Test func `a worker that goes moves its own functions only`() throws {
        var bench = try Bench("bounded-hash", weights: [1, 1, 1, 1, 1])
        let functions = (0..<300).map { "f\($0)" }
        let homes = functions.map { bench.sendInTurn(1, $0)[0] }
        #expect(Set(homes).count == 5)
        #expect(try bench.router.remove(address(3), at: at(0)))
        let after = functions.map { bench.sendInTurn(1, $0)[0] }
        for (before, now) in zip(homes, after) where before != 3 { #expect(before == now) }
        _ = bench.router.add(try WorkerSpecification(address: try address(3)), at: at(0))
        #expect(functions.map { bench.sendInTurn(1, $0)[0] } == homes)
    }
}
