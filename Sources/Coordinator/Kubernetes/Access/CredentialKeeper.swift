import Foundation
import HTTPClient
import Measures

/// What a request shows of who asks.
struct ShownCredential: Hashable, Sendable {
    var credential: HTTPCredential?
    /// A certificate of a program's, in the place of the configuration's.
    var identity: TLSSettings.Identity?

    /// What is shown, without a secret of it; `tls` has the configuration's certificate.
    func words(beside tls: TLSSettings) -> String {
        let certificate = (identity ?? tls.identity)?.certificate
        let named = certificate.map { "the client certificate \($0), which may have expired" }
        let all = [credential?.description, named].compactMap(\.self)
        return all.isEmpty ? "nothing" : all.joined(separator: " and ")
    }
}

/// Keeps what a credential source last gave, for as long as it is good.
actor CredentialKeeper {
    /// How long a token file's content is believed: client-go's period (transport/token_source.go).
    static let tokenFileNanoseconds: UInt64 = 60_000_000_000
    /// What is left of a program's credential when it is asked anew, so that no request is sent with one that expires
    /// on the way, in seconds.
    static let leewaySeconds = 10.0

    private let source: CredentialSource
    private let time: any TimeSource
    private let wallClock: @Sendable () -> Date
    private var kept: Kept?
    /// The program's run that is under way, which all who ask wait for.
    private var asking: Task<ExecCredential, any Error>?

    private struct Kept {
        let shown: ShownCredential
        let readAt: MonotonicInstant
        let expiresAt: Date?
    }

    init(source: CredentialSource, time: any TimeSource, wallClock: @escaping @Sendable () -> Date) {
        self.source = source
        self.time = time
        self.wallClock = wallClock
    }

    /// What to show now. Throws `KubernetesError` when it cannot be had.
    func current() async throws(KubernetesError) -> ShownCredential {
        switch source {
        case .none: return ShownCredential()
        case .fixed(let credential): return ShownCredential(credential: credential)
        case .tokenFile(let path):
            if let kept, time.now.nanoseconds(since: kept.readAt) < Self.tokenFileNanoseconds { return kept.shown }
            return try read(path)
        case .program(let program):
            if let kept, isGood(kept) { return kept.shown }
            return try await ask(program)
        }
    }

    /// The server did not know `shown`; the answer is whether there may be something better now.
    func reject(_ shown: ShownCredential) -> Bool {
        switch source {
        case .none, .fixed: return false
        case .tokenFile, .program:
            // Somebody else may have found out before, and there is a new one already.
            if kept?.shown == shown { kept = nil }
            return true
        }
    }

    private func read(_ path: String) throws(KubernetesError) -> ShownCredential {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            // A token that could be read a minute ago is better than none while the file is being swapped.
            if let kept { return kept.shown }
            throw KubernetesError(.configuration, "the token file \(path) cannot be read")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw KubernetesError(.configuration, "the token file \(path) is empty") }
        let shown = ShownCredential(credential: .bearer(token))
        kept = Kept(shown: shown, readAt: time.now, expiresAt: nil)
        return shown
    }

    private func isGood(_ kept: Kept) -> Bool {
        guard let expiresAt = kept.expiresAt else { return true }
        return wallClock() < expiresAt.addingTimeInterval(-Self.leewaySeconds)
    }

    private func ask(_ program: CredentialProgram) async throws(KubernetesError) -> ShownCredential {
        let answer = try await run(program)
        let shown = ShownCredential(credential: answer.token.map { .bearer($0) }, identity: answer.identity)
        kept = Kept(shown: shown, readAt: time.now, expiresAt: answer.expiresAt)
        return shown
    }

    /// Runs the program once for all who ask meanwhile.
    private func run(_ program: CredentialProgram) async throws(KubernetesError) -> ExecCredential {
        let task = asking ?? Task { try await ProgramRun(program).credential() }
        asking = task
        let result = await task.result
        asking = nil
        switch result {
        case .success(let credential): return credential
        case .failure(let error as KubernetesError): throw error
        case .failure: throw KubernetesError(.configuration, "the credential program \(program.command) was given up")
        }
    }
}
