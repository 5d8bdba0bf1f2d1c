import Foundation
import Kubernetes

/// One Lease as a server keeps it: each change makes a new version, and only the present one can be replaced.
struct LeaseServer {
    private(set) var lease: LeaseObject?
    private var version = 0

    /// Carries out what a candidate asks for.
    mutating func answer(_ step: LeaseElection.Step) throws -> LeaseElection.Answer {
        switch step {
        case .create(let wanted):
            guard lease == nil else { return .conflict }
            return .lease(try store(wanted))
        case .replace(let wanted):
            guard let present = lease else { return .absent }
            guard wanted.metadata.resourceVersion == present.metadata.resourceVersion else { return .conflict }
            // As the API server has it: what changes nothing makes no version.
            return .lease(wanted == present ? present : try store(wanted))
        case .read, .wait, .end:
            return lease.map { .lease($0) } ?? .absent
        }
    }

    /// Somebody who is no candidate changes something.
    mutating func touch() throws { if let lease { _ = try store(lease) } }

    mutating func delete() { lease = nil }

    /// The lease becomes as `json` says.
    mutating func put(_ json: JSONValue) throws { _ = try store(Self.decoded(json)) }

    private mutating func store(_ wanted: LeaseObject) throws -> LeaseObject {
        version += 1
        var json = wanted.json
        json[path: ["metadata", "resourceVersion"]] = .string("\(version)")
        let stored = try Self.decoded(json)
        lease = stored
        return stored
    }

    private static func decoded(_ json: JSONValue) throws -> LeaseObject {
        try JSONDecoder().decode(LeaseObject.self, from: JSONEncoder().encode(json))
    }
}
