import HTTPClient
import Influx
import Testing

@Suite("Verdicts on a batch")
struct WriteVerdictTests {
    private func verdict(_ status: Int, _ body: String = "", _ headers: HTTPHeaders = [:]) -> String {
        switch WriteVerdict(HTTPResponse(status: status, headers: headers, body: Array(body.utf8))) {
        case .written: "written"
        case .partlyWritten(let dropped, let reason, _): "partly \(dropped) \(reason.rawValue)"
        case .refused(let reason, _): "refused \(reason.rawValue)"
        case .tooLarge: "too large"
        case .later(let reason, let seconds, _): "later \(reason.rawValue) \(seconds.map { "\($0)" } ?? "-")"
        }
    }

    @Test(arguments: [
        (204, "written"), (200, "written"), (301, "refused refused"), (400, "refused malformed"), (401, "later access -"),
        (403, "later access -"), (404, "later missing -"), (405, "refused refused"), (408, "later busy -"),
        (413, "too large"), (422, "refused refused"), (429, "later busy -"), (500, "later server_error -"),
        (503, "later server_error -"),
    ])
    func `follow from the status`(status: Int, expected: String) { #expect(verdict(status) == expected) }

    @Test(arguments: [("7", "7.0"), ("0.5", "0.5"), ("999999", "3600.0"), ("-1", "-"), ("soon", "-"), ("nan", "-"),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "-")])
    func `heed how long to wait, within bounds`(text: String, expected: String) {
        #expect(verdict(429, "", ["Retry-After": text]) == "later busy \(expected)")
        #expect(verdict(503, "", ["retry-after": text]) == "later server_error \(expected)")
    }

    @Test(arguments: [
        (#"{"error":"partial write: field type conflict: input field \"v\" on measurement \"m\" is type float, already exists as type integer dropped=2"}"#, "partly 2 partial_write"),
        (#"{"error":"partial write: points beyond retention policy dropped=3"}"#, "partly 3 partial_write"),
        (#"{"error":"partial write: unable to parse 'm f=': missing field value\nunable to parse 'x': missing fields dropped=0"}"#, "partly 2 malformed"),
        (#"{"error":"partial write: for some reason"}"#, "partly 0 partial_write"),
        (#"{"error":"unable to parse 'x': missing fields"}"#, "refused malformed"),
        (#"{"error":"partial write: x dropped=99999999999999999999"}"#, "partly 0 partial_write"),
    ])
    func `tell what InfluxDB 1 has written all the same`(body: String, expected: String) {
        #expect(verdict(400, body) == expected)
    }

    @Test func `say to try again where no answer came`() {
        guard case .later(.unreachable, nil, "no answer") = WriteVerdict(HTTPError(.timeout, "no answer")) else {
            Issue.record("a lost answer is no verdict for good")
            return
        }
    }
}
