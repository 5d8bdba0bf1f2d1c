import HTTPClient
import Testing

@testable import Kubernetes

@Suite("What the server refuses")
struct ErrorTests {
    private func error(_ status: Int, _ body: String, headers: HTTPHeaders = [:]) -> KubernetesError {
        KubernetesError(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)), about: "GET x")
    }

    private func status(_ code: Int, _ reason: String, details: String = "{}") -> String {
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"m\",\"reason\":\"\(reason)\""
            + ",\"details\":\(details),\"code\":\(code)}"
    }

    @Test(arguments: [
        (400, "BadRequest", KubernetesError.Code.badRequest), (401, "Unauthorized", .unauthorized),
        (403, "Forbidden", .forbidden),
        (404, "NotFound", .notFound), (409, "AlreadyExists", .alreadyExists), (409, "Conflict", .conflict),
        (410, "Expired", .expired),
        (410, "Gone", .expired), (415, "UnsupportedMediaType", .badRequest), (422, "Invalid", .invalid),
        (429, "TooManyRequests", .tooManyRequests), (500, "InternalError", .serverFailed),
        (503, "ServiceUnavailable", .unavailable),
        (504, "Timeout", .timeout),
    ])
    func `is told apart by status and reason`(code: Int, reason: String, expected: KubernetesError.Code) {
        let error = error(code, status(code, reason))
        #expect(error.code == expected)
        #expect(error.status == code)
        #expect(error.reason == reason)
        #expect(error.message == "m")
        #expect(error.description == "GET x: m (\(code) \(reason))")
        #expect(error.mayHaveBeenDone == (code >= 500))
    }

    @Test func `carries the causes with their fields`() {
        let error = error(
            422,
            status(
                422, "Invalid",
                details:
                    "{\"causes\":[{\"reason\":\"FieldValueInvalid\",\"message\":\"must be positive\",\"field\":\"spec"
                        + ".replicas\"}]}"
            ))
        #expect(error.causes.map(\.field) == ["spec.replicas"])
        #expect(error.description == "GET x: m; spec.replicas: must be positive (422 Invalid)")
    }

    @Test func `a budget's refusal is not overload`() {
        let error = error(
            429,
            status(
                429, "TooManyRequests",
                details: "{\"causes\":[{\"reason\":\"DisruptionBudget\",\"message\":\"needs 2\"}]}"))
        #expect(error.code == .disruptionBudget)
        #expect(error.retryAfterSeconds == nil)
    }

    @Test func `overload in plain text is understood, with when to come back`() {
        let error = error(
            429, "Too many requests, please try again later.\n",
            headers: ["Retry-After": "1", "Content-Type": "text/plain"])
        #expect(error.code == .tooManyRequests)
        #expect(error.retryAfterSeconds == 1)
        #expect(error.description == "GET x: Too many requests, please try again later. (429)")
    }

    @Test func `when to come back may stand in the body`() {
        #expect(error(504, status(504, "Timeout", details: "{\"retryAfterSeconds\":3}")).retryAfterSeconds == 3)
    }

    @Test(arguments: ["404 page not found\n", "", "{}", "[1", "{\"kind\":\"Pod\"}"])
    func `what is no Status is an error of its status all the same`(body: String) {
        #expect(error(404, body).code == .notFound)
    }
}
