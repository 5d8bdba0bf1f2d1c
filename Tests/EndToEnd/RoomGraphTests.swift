import Foundation
import Testing

/// Keeps the package's architecture: rooms enter only rooms on lower floors, and the coordinator never enters the agent.
@Suite("The room graph")
struct RoomGraphTests {
    /// The floor of each room; a room may enter only rooms that stand lower.
    static let floors: [String: Int] = [
        "CZeroMQ": 0, "CProtobufC": 0, "CYAML": 0, "CPread": 0, "CThreads": 0, "CBLAS": 0, "CCurl": 0, "CLinux": 0, "CScoring": 0,
        "WireC": 1,
        "Measures": 1, "Threads": 1, "Topology": 2,
        "Wire": 3, "Messaging": 3, "Settings": 3, "CommandShell": 3, "Registers": 3, "KernelFiles": 3, "Reports": 3,
        "Learning": 3, "Store": 3, "HTTPClient": 3, "Dashboard": 3,
        "Counters": 4, "Containers": 4, "Uplink": 4, "Exposition": 4, "Cluster": 4, "Telemetry": 4, "Routing": 4, "Influx": 4,
        "AgentSettings": 5, "Harvesting": 5, "Placement": 5, "Kubernetes": 5, "Workflows": 5, "Proxy": 5,
        "Simulation": 6, "FaaSSimulation": 6, "RouterSimulation": 6,
        "Experiments": 7, "ControlAPI": 7,
        "HTTPAPI": 8,
        "AgentCommand": 9, "CoordinatorCommand": 9, "ReeveCommand": 9,
    ]

    struct Room {
        let name: String
        let wing: String
        let dependencies: [String]
    }

    static func rooms() throws -> [Room] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A scratch folder of its own: the test may run while the package's own build folder is locked.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-dump-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let package = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let targets = try #require(package["targets"] as? [[String: Any]])
        return targets.filter { ($0["path"] as? String)?.hasPrefix("Sources/") == true }.map { target in
            let dependencies = (target["dependencies"] as? [[String: Any]] ?? []).compactMap { dependency in
                (dependency["byName"] as? [Any])?.first as? String
            }
            let path = target["path"] as? String ?? ""
            return Room(
                name: target["name"] as? String ?? "", wing: path.split(separator: "/").dropFirst().first.map(String.init) ?? "",
                dependencies: dependencies)
        }
    }

    @Test func `every edge runs downward and none from the coordinator into the agent`() throws {
        let rooms = try Self.rooms()
        let wings = Dictionary(uniqueKeysWithValues: rooms.map { ($0.name, $0.wing) })
        #expect(rooms.count == Self.floors.count, "every room has a floor in the table, and every floor a room")
        for room in rooms {
            let floor = try #require(Self.floors[room.name], "room \(room.name) has no floor")
            for dependency in room.dependencies {
                let below = try #require(Self.floors[dependency], "\(room.name) enters \(dependency), which has no floor")
                #expect(below < floor, "\(room.name) enters \(dependency), which does not stand lower")
                let wing = try #require(wings[dependency])
                #expect(wing == "Shared" || wing == room.wing, "\(room.wing)'s \(room.name) enters \(wing)'s \(dependency)")
            }
        }
    }
}
