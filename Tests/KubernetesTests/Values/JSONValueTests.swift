import Foundation
import Kubernetes
import Testing

@Suite("Any JSON value")
struct JSONValueTests {
    @Test(arguments: [
        ("null", .null), ("true", .boolean(true)), ("false", .boolean(false)), ("0", .integer(0)), ("1", .integer(1)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775807", .integer(.max)), ("1.5", .number(1.5)),
        ("1e300", .number(1e300)), ("18446744073709551616", .number(18_446_744_073_709_551_616)),
        ("\"true\"", .string("true")), ("\"1\"", .string("1")), ("\"\"", .string("")), ("[]", .array([])),
        ("{}", .object([:])),
        ("[null, [true, 1], {}]", .array([.null, .array([.boolean(true), .integer(1)]), .object([:])])),
        ("{\"a\": {\"b\": null}}", .object(["a": .object(["b": .null])])),
    ] as [(String, JSONValue)])
    func `each is read as what it is, and written as it was read`(text: String, value: JSONValue) throws {
        let read = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(read == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(read)) == value)
    }

    @Test(arguments: ["", "{", "nul"])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }
    }
}
