import Testing

@testable import Kubernetes

@Suite("Lines of a watch")
struct LineSplitterTests {
    @Test(arguments: 1...12)
    func `are whole however the pieces are cut`(size: Int) {
        let text = Array("one\ntwo\n\nthree\nrest".utf8)
        var splitter = LineSplitter()
        var lines: [String] = []
        for start in stride(from: 0, to: text.count, by: size) {
            let isBounded = splitter.take(Array(text[start..<min(start + size, text.count)])) {
                lines.append(String(decoding: $0, as: UTF8.self))
            }
            #expect(isBounded)
        }
        #expect(lines.filter { !$0.isEmpty } == ["one", "two", "three"])
    }

    @Test func `have an end`() {
        var splitter = LineSplitter()
        let piece = [UInt8](repeating: 0x78, count: 1 << 20)
        var pieces = 0
        while splitter.take(piece, onLine: { _ in }) { pieces += 1 }
        #expect(pieces == LineSplitter.maximumLineBytes >> 20)
    }
}
