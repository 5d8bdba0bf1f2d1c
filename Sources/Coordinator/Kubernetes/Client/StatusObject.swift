import Foundation
import HTTPClient

/// The server's word on a request that it did not carry out (meta/v1 Status).
struct StatusObject: Decodable, Sendable {
    struct Details: Decodable, Sendable {
        let causes: [KubernetesError.Cause]?
        let retryAfterSeconds: Int?
    }

    let kind: String?
    let message: String?
    let reason: String?
    let code: Int?
    let details: Details?

    /// The error that this stands for.
    func error(about subject: String, status: Int, retryAfterSeconds: Int? = nil) -> KubernetesError {
        let causes = details?.causes ?? []
        let code = KubernetesError.Code(
            status: status, reason: reason, isBudget: causes.contains { $0.reason == "DisruptionBudget" })
        let words =
            [message ?? "the server gave no reason"]
            + causes.compactMap(\.sentence).filter { message?.contains($0) != true }
        return KubernetesError(
            code, "\(subject): \(words.joined(separator: "; ")) (\(status)\(reason.map { " \($0)" } ?? ""))",
            status: status,
            reason: reason, message: message, causes: causes,
            retryAfterSeconds: retryAfterSeconds ?? details?.retryAfterSeconds,
            // A server that was too slow may have gone on; one that refused has not.
            mayHaveBeenDone: status >= 500)
    }
}

extension KubernetesError.Cause {
    fileprivate var sentence: String? {
        guard let message else { return nil }
        return field.map { "\($0): \(message)" } ?? message
    }
}

extension KubernetesError {
    /// The error that an answer with a status of 300 and above stands for. Not every one is a Status: overload is said
    /// in plain text, and so is what an aggregated API does not have.
    init(_ answer: HTTPResponse, about subject: String) {
        let retryAfter = answer.headers["Retry-After"].flatMap { Int($0) }.map { max($0, 0) }
        if let object = try? JSONDecoder().decode(StatusObject.self, from: Data(answer.body)), object.kind == "Status" {
            self = object.error(about: subject, status: answer.status, retryAfterSeconds: retryAfter)
            return
        }
        let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).first.map { $0.trimmingCharacters(in: .whitespaces) }
        let plain = StatusObject(kind: nil, message: text, reason: nil, code: nil, details: nil)
        self = plain.error(about: subject, status: answer.status, retryAfterSeconds: retryAfter)
    }
}

extension KubernetesError.Code {
    /// Branches on status and reason, never on the message.
    fileprivate init(status: Int, reason: String?, isBudget: Bool) {
        self =
            switch (status, reason) {
            case (401, _): .unauthorized
            case (403, _): .forbidden
            case (404, _): .notFound
            case (409, "AlreadyExists"): .alreadyExists
            case (409, _): .conflict
            case (410, _), (_, "Expired"), (_, "Gone"): .expired
            case (422, _): .invalid
            case (429, _): isBudget ? .disruptionBudget : .tooManyRequests
            case (503, _): .unavailable
            case (504, _): .timeout
            case (400..<500, _): .badRequest
            default: .serverFailed
            }
    }
}
