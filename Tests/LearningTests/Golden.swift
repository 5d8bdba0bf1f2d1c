import Foundation
import Testing

@testable import Learning

/// Reads fixtures from the project's copy, or from the folder that REEVE_FIXTURES names.
enum Golden {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let folder: URL
        if let named = ProcessInfo.processInfo.environment["REEVE_FIXTURES"] {
            folder = URL(fileURLWithPath: named)
        } else {
            folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
        }
        return try JSONDecoder().decode(
            Value.self, from: Data(contentsOf: folder.appendingPathComponent(name + ".json")))
    }

    struct Layer: Decodable {
        let w: [[Float]]
        let b: [Float]

        var flat: [Float] { w.flatMap { $0 } + b }
    }

    static func shape(_ sizes: [Int]) -> NetworkShape {
        NetworkShape(inputs: sizes[0], hidden: Array(sizes[1..<sizes.count - 1]), outputs: sizes[sizes.count - 1])
    }

    /// The largest distance between elements; infinite when the counts differ or a value is not a number.
    static func distance(_ left: [Float], _ right: [Float]) -> Float {
        guard left.count == right.count else { return .infinity }
        return zip(left, right).map { $0.isNaN || $1.isNaN ? .infinity : abs($0 - $1) }.max() ?? .infinity
    }

    /// Like `distance`, divided by the right element where that is above 1.
    static func relativeDistance(_ left: [Float], _ right: [Float]) -> Float {
        guard left.count == right.count else { return .infinity }
        return zip(left, right).map { $0.isNaN || $1.isNaN ? .infinity : abs($0 - $1) / max(1, abs($1)) }.max()
            ?? .infinity
    }
}
