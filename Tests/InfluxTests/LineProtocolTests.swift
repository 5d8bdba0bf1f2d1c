import Influx
import Testing

@Suite("Line protocol")
struct LineProtocolTests {
    private func line(
        _ measurement: String = "m", tags: [(key: String, value: String)] = [],
        fields: [(key: String, value: InfluxPoint.Value?)] = [("f", .integer(1))],
        at nanoseconds: Int64 = 1_700_000_000_123_456_789, _ precision: TimestampPrecision = .nanoseconds
    ) -> String? {
        let point = InfluxPoint(measurement, tags: tags, fields: fields, unixNanoseconds: nanoseconds)
        return LineProtocol(precision: precision).line(point).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a point is one line: measurement, tags by key, fields as given, time`() {
        #expect(
            line(
                "reeve_node", tags: [("scope", "system"), ("node", "w01")],
                fields: [("ipc", .float(1.25)), ("n", .integer(-3)), ("ok", .boolean(true)), ("why", .text("so"))])
                == "reeve_node,node=w01,scope=system ipc=1.25,n=-3i,ok=true,why=\"so\" 1700000000123456789\n")
    }

    @Test(arguments: [
        ("a b,c=d", "a\\ b\\,c=d"), ("#m", "_m"), ("m#", "m#"), ("a\nb\\", "a_b_"), ("ä", "ä"),
    ])
    func `a measurement is escaped`(name: String, written: String) {
        #expect(line(name) == "\(written) f=1i 1700000000123456789\n")
    }

    @Test(arguments: [
        ("a b,c=d", "a\\ b\\,c\\=d"), ("a\"b", "a\"b"), ("ends\\", "ends_"), ("x\\,y", "x_\\,y"), ("a\r\nb\t", "a__b_"),
        ("ä€😀", "ä€😀"),
    ])
    func `keys and values of tags, and keys of fields, are escaped`(text: String, written: String) {
        #expect(line(tags: [(text, text)]) == "m,\(written)=\(written) f=1i 1700000000123456789\n")
        #expect(line(fields: [(text, .integer(1))]) == "m \(written)=1i 1700000000123456789\n")
    }

    @Test(arguments: [("a\"b", "a\\\"b"), ("a\\", "a\\\\"), ("a,b=c d", "a,b=c d"), ("a\nb\0", "a_b_"), ("", "")])
    func `text is quoted and escaped in its own way`(text: String, written: String) {
        #expect(line(fields: [("f", .text(text))]) == "m f=\"\(written)\" 1700000000123456789\n")
    }

    @Test(arguments: [
        (InfluxPoint.Value.float(5), "5.0"), (.float(-0.0), "-0.0"), (.float(1e-5), "1e-05"), (.float(1e300), "1e+300"),
        (.float(0.1), "0.1"), (.integer(.max), "9223372036854775807i"), (.integer(.min), "-9223372036854775808i"),
        (.count(UInt64.max), "9223372036854775807i"), (.boolean(false), "false"),
    ])
    func `numbers say what kind they are`(value: InfluxPoint.Value, written: String) {
        #expect(line(fields: [("f", value)]) == "m f=\(written) 1700000000123456789\n")
    }

    @Test func `what is absent is left out`() {
        let fields: [(key: String, value: InfluxPoint.Value?)] = [
            ("a", nil), ("b", .float(.nan)), ("c", .float(.infinity)), ("d", .float(-.infinity)), ("", .integer(1)),
            ("time", .integer(2)),
        ]
        #expect(line(fields: fields + [("e", .integer(3))]) == "m e=3i 1700000000123456789\n")
        #expect(line(fields: fields) == nil)
        #expect(line("") == nil)
        #expect(line(tags: [("t", ""), ("", "v"), ("time", "v")]) == "m f=1i 1700000000123456789\n")
    }

    @Test(arguments: [
        (TimestampPrecision.nanoseconds, Int64(1_999_999_999), "1999999999"), (.microseconds, 1_999_999_999, "1999999"),
        (.milliseconds, 1_999_999_999, "1999"), (.seconds, 1_999_999_999, "1"), (.seconds, -1, "-1"),
        (.milliseconds, -1_000_001, "-2"),
    ])
    func `times are of the stated unit, and never later than they were`(
        precision: TimestampPrecision, nanoseconds: Int64, written: String
    ) {
        #expect(line(at: nanoseconds, precision) == "m f=1i \(written)\n")
    }

    @Test func `no text makes a second line or another field`() {
        let text = "v x=1 1\nm2 f=2i\r\n\\"
        let written = line(text, tags: [(text, text)], fields: [(text, .text(text))])
        #expect(written?.filter { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }.count == 1)
        // Outside of quotes and not behind a backslash, as InfluxDB reads it: one blank before the fields, one before the time.
        var (blanks, isQuoted, isEscaped) = (0, false, false)
        for character in written ?? "" {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                blanks += 1
            }
        }
        #expect(blanks == 2 && !isQuoted)
    }
}
