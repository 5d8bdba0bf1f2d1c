import Testing
import Topology

@Suite("Names, targets and samples")
struct TopologyTests {
    @Test(arguments: ["w01", "a", "node-1.example.org", String(repeating: "a", count: 63)])
    func `names that Kubernetes would take are taken`(name: String) {
        #expect(NodeName(validating: name)?.rawValue == name)
    }

    @Test(arguments: ["", "W01", "-w", "w-", "a..b", ".a", "w 1", "w_1", "wörker", String(repeating: "a", count: 64)])
    func `names that Kubernetes would refuse are refused`(name: String) {
        #expect(NodeName(validating: name) == nil)
    }

    @Test(arguments: [0, -1, .infinity, .nan] as [Double])
    func `a target that is no positive number is refused with its value`(seconds: Double) {
        #expect {
            _ = try LatencyTarget(seconds: seconds)
        } throws: { error in
            "\(error)".contains("\(seconds)")
        }
    }

    @Test func `exactly on target counts as kept`() throws {
        let target = try LatencyTarget(seconds: 26)
        #expect(target.isMet(byLatencySeconds: 26))
        #expect(!target.isMet(byLatencySeconds: 26.000001))
        #expect(target.quotient(ofLatencySeconds: 13) == 0.5)
    }

    @Test func `absent values of a sample are absent and zeros are zeros`() {
        var values: [Double?] = (0..<130).map { Double($0) }
        values[0] = 0
        values[1] = nil
        values[64] = nil
        values[129] = nil
        let sample = Sample(values)
        #expect(sample[0] == 0)
        for absent in [1, 64, 129, 130, -1] { #expect(sample[absent] == nil) }
        #expect(sample[63] == 63 && sample[65] == 65 && sample[128] == 128)
        #expect(sample.presence.count == 3)
        #expect(Sample(values: sample.values, presence: sample.presence) == sample)
        #expect(Sample(values: sample.values, presence: [0]) == nil)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 127, 128])
    func `columns behind a sample leave those before them as they are`(count: Int) {
        let values: [Double?] = (0..<count).map { $0 % 3 == 0 ? nil : Double($0) }
        let further: [Double?] = [nil, 7, nil, 0] + (0..<64).map { Double($0) }
        #expect(Sample(values).appending(further) == Sample(values + further))
        #expect(Sample(values).appending([]) == Sample(values))
    }

    @Test func `an unknown node has no values`() {
        #expect(NodeMetrics.unknown(reason: "silent").value(.c0Residency) == nil)
        #expect(!NodeMetrics.unknown(reason: "silent").isKnown)
    }
}
