@testable import ControlAPI
import Messaging
import Testing

@Suite("Who may order")
struct QueryRightsTests {
    /// Three users: reeve, and alice and bob, of whom alice is in the group 900.
    private static let people: [UInt32: LocalUser] = [
        0: LocalUser(name: "root", groups: [0]), 800: LocalUser(name: "reeve", groups: [800]),
        1_000: LocalUser(name: "alice", groups: [1_000, 900, 800]), 1_001: LocalUser(name: "bob", groups: [1_001, 800]),
    ]

    private func mayOrder(
        _ user: UInt32, group: UInt32? = nil, users: Set<UInt32> = [], groups: Set<UInt32>? = [800]
    ) async -> Bool {
        let rights = QueryRights(ownUser: 800, users: users, groups: groups) { Self.people[$0] }
        let peer = LocalPeer(userID: user, groupID: group ?? user, processID: 7)
        return await rights.judge(.local(peer)).mayOrder
    }

    @Test func `root, the coordinator's user and members of its group may, as before there was a difference`() async {
        for user: UInt32 in [0, 800, 1_000, 1_001] { #expect(await mayOrder(user), "\(user)") }
        #expect(await !mayOrder(1_002))
    }

    @Test func `where groups are named, members of the coordinator's own may only ask`() async {
        #expect(await mayOrder(1_000, groups: [900]))
        #expect(await !mayOrder(1_001, groups: [900]))
        #expect(await mayOrder(1_001, group: 900, groups: [900]), "who has taken the group on with newgrp is in it")
        for user: UInt32 in [0, 800] { #expect(await mayOrder(user, groups: [])) }
        #expect(await !mayOrder(1_000, groups: []))
    }

    @Test func `a user who is named may, whatever the groups`() async {
        #expect(await mayOrder(1_001, users: [1_001], groups: []))
        #expect(await mayOrder(5_555, users: [5_555], groups: []), "one whom the database does not know, too")
    }

    @Test func `nobody in particular may not, however he is named`() async {
        #expect(await !mayOrder(65_534, group: 800, users: [65_534], groups: [65_534, 800]))
        let rights = QueryRights(ownUser: 800, groups: [800]) { Self.people[$0] }
        #expect(await rights.judge(.local(nil)) == .init(name: "unknown", mayOrder: false, way: "ipc", address: nil))
    }

    @Test func `a verdict says who it is, by which way and from where`() async {
        let rights = QueryRights(ownUser: 800, groups: [800]) { Self.people[$0] }
        let local = await rights.judge(.local(LocalPeer(userID: 1_000, groupID: 1_000, processID: 7)))
        #expect(local == .init(name: "alice", mayOrder: true, way: "ipc", address: "process 7"))
        let stranger = await rights.judge(.local(LocalPeer(userID: 4, groupID: 4, processID: 8)))
        #expect(stranger == .init(name: "user 4", mayOrder: false, way: "ipc", address: "process 8"))
        for isOperator in [true, false] {
            let remote = await rights.judge(.remote(name: "carol", isOperator: isOperator, address: "10.0.0.9"))
            #expect(remote == .init(name: "carol", mayOrder: isOperator, way: "tcp", address: "10.0.0.9"))
        }
    }

    @Test func `the machine's database knows its users and groups by name and by number`() async throws {
        #expect(LocalUser.userID(of: "root") == 0 && LocalUser.groupID(of: "root") == 0)
        #expect(LocalUser.userID(of: "1234") == 1_234 && LocalUser.groupID(of: "1234") == 1_234)
        #expect(LocalUser.userID(of: "no such user") == nil && LocalUser.groupID(of: "no such group") == nil)
        let root = try #require(await LocalUser.find(0))
        #expect(root.name == "root" && root.groups.contains(0))
        #expect(await LocalUser.find(4_000_000_000) == nil)
    }
}
