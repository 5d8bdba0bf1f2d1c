import Testing

@testable import Workflows

@Suite struct StepConditionTests {
    private static let input = """
        {"faces": 2, "none": 0, "names": ["a", "b"], "kind": "dog", "open": true, "gone": null, "a/b": {"~": 1.5}}
        """

    @Test(arguments: [
        ("/faces", StepCondition.Test.above(0), true), ("/faces", .above(2), false), ("/faces", .below(3), true),
        ("/none", .equals("0"), true), ("/none", .equals("0.0"), true), ("/faces", .equals("0"), false),
        ("/faces", .differs("0"), true), ("/names", .above(1), true), ("/names", .above(2), false),
        ("/names/1", .equals("b"), true), ("/names/2", .equals("b"), false), ("/names/01", .equals("b"), false),
        ("/kind", .equals("dog"), true), ("/kind", .above(0), false), ("/open", .equals("true"), true),
        ("/gone", .present(true), false), ("/gone", .present(false), true), ("/faces", .present(true), true),
        ("/missing", .present(false), true), ("/missing", .equals("x"), false), ("/missing", .differs("x"), true),
        ("/missing", .above(-1), false), ("/missing", .below(1), false), ("/a~1b/~0", .equals("1.5"), true),
        ("", .present(true), true), ("/kind/more", .present(true), false),
    ])
    func aConditionJudgesOnePlace(place: String, test: StepCondition.Test, holds: Bool) throws {
        let value = try #require(JSONValue(parsing: Array(Self.input.utf8)))
        let condition = StepCondition(try #require(JSONPointer(place)), test)
        #expect(condition.holds(for: value) == holds)
    }

    @Test(arguments: ["x", "x/y", "/a~", "/a~2"])
    func whatIsNoPointerIsRefused(text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test func aValueIsWrittenAsItWasRead() throws {
        let text = #"{"a":[1,-9007199254740993,2.5,"\"é",true,null,{}],"b":"x/y"}"#
        #expect(String(decoding: try #require(JSONValue(parsing: Array(text.utf8))).bytes, as: UTF8.self) == text)
        #expect(JSONValue(parsing: Array("{".utf8)) == nil)
        #expect(JSONValue(parsing: []) == nil)
    }
}
