internal import Foundation

/// A made-up trace of a million calls in the format of the Azure Functions trace of 2021, with names as long as there.
enum RecordedMillion {
    static func write(to file: URL) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.write(contentsOf: Data("app,func,end_timestamp,duration\n".utf8))
        let names = (0..<400).map { place in
            let digits = String(place + 1_000)
            return String(repeating: "a", count: 60) + digits + "," + String(repeating: "f", count: 60) + digits
        }
        for block in 0..<100 {
            var text = ""
            for line in 0..<10_000 {
                let call = block * 10_000 + line
                let milliseconds = call * 7_919 % 900 + 20
                let end = 100_000 + call * 60 + milliseconds
                text += "\(names[call * 31 % names.count]),\(seconds(end)),\(seconds(milliseconds))\n"
            }
            try handle.write(contentsOf: Data(text.utf8))
        }
    }

    private static func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1_000 + 1_000).dropFirst()
        return "\(milliseconds / 1_000).\(rest)"
    }
}
