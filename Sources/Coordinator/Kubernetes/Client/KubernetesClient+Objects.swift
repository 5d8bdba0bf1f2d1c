import Foundation
import HTTPClient

extension KubernetesClient {
    /// The object `name` of `kind`.
    public func get<Object: Decodable & Sendable>(
        _ kind: ResourceKind, named name: String, in namespace: String? = nil, subresource: String? = nil,
        as type: Object.Type = Object.self
    ) async throws(KubernetesError) -> Object {
        try await read(
            APICall(
                method: .get, path: kind.path(in: namespace, named: name, subresource: subresource), isRepeatable: true)
        )
    }

    /// One page of the objects of `kind`: the one that `next` of the page before asks for. `limit` of nil asks for all
    /// at once.
    public func page<Object: KubernetesObject>(
        of kind: ResourceKind, _ selection: ObjectSelection = ObjectSelection(), limit: Int?, next: String? = nil,
        as type: Object.Type = Object.self
    ) async throws(KubernetesError) -> ObjectPage<Object> {
        var query = selection.parameters.map { (name: $0.0, value: $0.1) }
        if let limit { query.append(("limit", "\(limit)")) }
        if let next { query.append(("continue", next)) }
        var call = APICall(
            method: .get, path: kind.path(in: selection.namespace), query: query, isRepeatable: true)
        if Object.isMetadataOnly { call.accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" }
        return try await read(call)
    }

    /// All objects of `kind`, read in pages. When a page has expired meanwhile, they are read all at once.
    public func list<Object: KubernetesObject>(
        _ kind: ResourceKind, _ selection: ObjectSelection = ObjectSelection(), as type: Object.Type = Object.self
    ) async throws(KubernetesError) -> [Object] {
        var items: [Object] = []
        var next: String?
        do throws(KubernetesError) {
            repeat {
                let page: ObjectPage<Object> = try await page(of: kind, selection, limit: settings.pageSize, next: next)
                items += page.items
                next = page.next
            } while next != nil
            return items
        } catch {
            guard error.code == .expired else { throw error }
        }
        let whole: ObjectPage<Object> = try await page(of: kind, selection, limit: nil)
        return whole.items
    }

    /// Makes `object`; with `dryRun` the server only says whether it would. Returns the object as the server has it.
    @discardableResult
    public func create<Object: Decodable & Sendable>(
        _ kind: ResourceKind, _ object: some Encodable & Sendable, in namespace: String? = nil, dryRun: Bool = false,
        as type: Object.Type = JSONValue.self
    ) async throws(KubernetesError) -> Object {
        var call = APICall(method: .post, path: kind.path(in: namespace), query: writing(dryRun), isRepeatable: false)
        call.body = try encoded(object)
        return try await read(call)
    }

    /// Puts `object` in the place of the one called `name`. When it carries a resourceVersion that is no longer the
    /// present one, that is `conflict`. Returns the object as the server has it.
    @discardableResult
    public func replace<Object: Decodable & Sendable>(
        _ kind: ResourceKind, named name: String, in namespace: String? = nil, subresource: String? = nil,
        with object: some Encodable & Sendable, as type: Object.Type = JSONValue.self
    ) async throws(KubernetesError) -> Object {
        // Not repeatable: the second time, the first has made the version an old one, and success would look like a
        // conflict.
        var call = APICall(
            method: .put, path: kind.path(in: namespace, named: name, subresource: subresource), query: writing(false),
            isRepeatable: false)
        call.body = try encoded(object)
        return try await read(call)
    }

    /// Reads the object `name`, has `change` made in it, and writes it back whole, with what is not known here; when
    /// somebody else was quicker, again, up to `tries` times.
    @discardableResult
    public func change(
        _ kind: ResourceKind, named name: String, in namespace: String? = nil, tries: Int = 5,
        _ change: @Sendable (inout JSONValue) -> Void
    ) async throws(KubernetesError) -> JSONValue {
        var tried = 0
        while true {
            tried += 1
            var object: JSONValue = try await get(kind, named: name, in: namespace)
            change(&object)
            do throws(KubernetesError) {
                return try await replace(kind, named: name, in: namespace, with: object)
            } catch {
                guard error.code == .conflict, tried < tries else { throw error }
            }
        }
    }

    /// Changes the object `name`, or a part of it. A `resourceVersion` in the patch's metadata makes a stale one
    /// `conflict`. Returns the object as the server has it.
    @discardableResult
    public func patch<Object: Decodable & Sendable>(
        _ kind: ResourceKind, named name: String, in namespace: String? = nil, subresource: String? = nil,
        with patch: KubernetesPatch, dryRun: Bool = false, as type: Object.Type = JSONValue.self
    ) async throws(KubernetesError) -> Object {
        var call = APICall(
            method: .patch, path: kind.path(in: namespace, named: name, subresource: subresource),
            query: writing(dryRun),
            contentType: patch.contentType, isRepeatable: patch.isRepeatable)
        if case .apply(_, force: true) = patch { call.query.append(("force", "true")) }
        call.body = try encoded(patch.body)
        return try await read(call)
    }

    /// What becomes of the objects that a deleted one owns.
    public enum Propagation: String, Sendable {
        /// They go first.
        case foreground = "Foreground"
        /// They go later.
        case background = "Background"
        /// They stay.
        case orphan = "Orphan"
    }

    /// Asks for the deletion of the object `name`, only if it is the one with this `uid` where one is given. It may be
    /// there for a while yet, with a deletionTimestamp.
    public func delete(
        _ kind: ResourceKind, named name: String, in namespace: String? = nil, uid: String? = nil,
        propagation: Propagation = .background, graceSeconds: Int? = nil
    ) async throws(KubernetesError) {
        var options: JSONValue = ["propagationPolicy": .string(propagation.rawValue)]
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        if let graceSeconds { options["gracePeriodSeconds"] = .integer(Int64(graceSeconds)) }
        var call = APICall(method: .delete, path: kind.path(in: namespace, named: name), isRepeatable: true)
        call.body = try encoded(options)
        _ = try await perform(call)
    }

    /// The parameters of every write: who writes, and whether it is only tried.
    func writing(_ dryRun: Bool) -> [(name: String, value: String)] {
        [("fieldManager", settings.fieldManager)] + (dryRun ? [("dryRun", "All")] : [])
    }

    /// Carries `call` out and decodes what the server answers.
    func read<Object: Decodable & Sendable>(_ call: APICall) async throws(KubernetesError) -> Object {
        let answer = try await perform(call)
        do {
            return try JSONDecoder().decode(Object.self, from: Data(answer.body))
        } catch {
            throw KubernetesError(
                .invalidAnswer,
                "\(call.method.rawValue) \(access.server)\(call.path): the answer cannot be read: \(Self.words(error))",
                status: answer.status, mayHaveBeenDone: true)
        }
    }

    /// Which field of an answer is not as it must be; never its value.
    static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is no JSON" }
        let (what, path): (String, [any CodingKey]) =
            switch error {
            case .keyNotFound(let key, let context): ("is missing", context.codingPath + [key])
            case .typeMismatch(_, let context): ("has another type than it must have", context.codingPath)
            case .valueNotFound(_, let context): ("is null", context.codingPath)
            case .dataCorrupted(let context) where !context.codingPath.isEmpty:
                ("is not as it must be", context.codingPath)
            default: ("is no JSON", [])
            }
        guard !path.isEmpty else { return "it \(what)" }
        return "\(path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")) \(what)"
    }

    /// `object` as JSON.
    func encoded(_ object: some Encodable) throws(KubernetesError) -> [UInt8] {
        let encoder = JSONEncoder()
        // Server-side apply is read as YAML, which knows no escaped slash before version 1.2.
        encoder.outputFormatting = .withoutEscapingSlashes
        do {
            return Array(try encoder.encode(object))
        } catch {
            throw KubernetesError(.badRequest, "an object cannot be written as JSON: a number in it is not finite")
        }
    }
}
