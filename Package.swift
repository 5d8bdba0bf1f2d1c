// swift-tools-version: 6.2
import PackageDescription

/// One folder is one room is one target. The lists below are the architecture: a room may import what stands
/// after its name and nothing else. `RoomGraphTests` refuses an edge that runs upward, or from the coordinator
/// into the agent.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

enum Wing: String {
    case agent = "Agent"
    case coordinator = "Coordinator"
    case shared = "Shared"
}

func room(
    _ wing: Wing, _ name: String, enters dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(wing.rawValue)/\(name)", resources: resources,
        swiftSettings: settings)
}

func door(_ wing: Wing, _ name: String, enters dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/\(wing.rawValue)/\(name)", swiftSettings: settings)
}

func library(_ wing: Wing, _ name: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(wing.rawValue)/\(name)", providers: [.apt([apt])])
}

func tests(_ name: String, enters dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources, swiftSettings: settings)
}

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let flyingFox: Target.Dependency = .product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks: Target.Dependency = .product(name: "FlyingSocks", package: "FlyingFox")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

/// The dashboard's files stand in the program, which then needs no folder beside it.
let dashboardPage: [Resource] = [
    "index.html", "style.css", "icon.svg", "app.js", "live.js", "state.js", "analysis.js", "answer.js", "format.js",
    "elements.js", "drawing.js", "workflows.js", "nodes.js", "node.js", "decision.js", "lists.js",
].map { .embedInCode("Page/\($0)") }

let package = Package(
    name: "reeve",
    products: [
        .executable(name: "reeve-agent", targets: ["AgentCommand"]),
        .executable(name: "reeve-coordinator", targets: ["CoordinatorCommand"]),
        .executable(name: "reeve", targets: ["ReeveCommand"]),
        .library(
            name: "ReeveRooms",
            targets: [
                "Measures", "Topology", "Wire", "Messaging", "Registers", "Containers", "Learning", "Telemetry",
                "Simulation", "Experiments", "Harvesting", "FaaSSimulation",
            ]),
        .library(name: "ReeveCluster", targets: ["Measures", "Topology", "Cluster", "HTTPClient", "Kubernetes"]),
        .library(name: "ReeveStore", targets: ["Measures", "Topology", "Wire", "Telemetry", "Store", "ControlAPI"]),
        .library(name: "ReeveRouter", targets: ["Measures", "Topology", "Routing", "Proxy"]),
        .library(
            name: "ReeveInputs",
            targets: ["Measures", "Topology", "Wire", "Messaging", "Settings", "Registers", "Containers", "Uplink", "Telemetry"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // Floor 0: C libraries and generated C.
        library(.shared, "CZeroMQ", apt: "libzmq3-dev"),
        library(.shared, "CProtobufC", apt: "libprotobuf-c-dev"),
        library(.shared, "CYAML", apt: "libyaml-dev"),
        .systemLibrary(name: "CPread", path: "Sources/Shared/CPread"),
        .systemLibrary(name: "CThreads", path: "Sources/Shared/CThreads"),
        library(.shared, "CBLAS", apt: "libopenblas-serial-dev"),
        library(.shared, "CCurl", apt: "libcurl4-openssl-dev"),
        .target(name: "CLinux", path: "Sources/Agent/CLinux"),
        .target(name: "CScoring", path: "Sources/Coordinator/CScoring"),
        .target(
            name: "WireC", dependencies: ["CProtobufC"], path: "Sources/Shared/WireC",
            linkerSettings: [.linkedLibrary("protobuf-c")]),

        // Floor 1: values.
        room(.shared, "Measures"),
        room(.shared, "Topology", enters: ["Measures"]),
        room(.shared, "Threads", enters: ["CThreads"]),

        // Floor 2: one capability each, knowing nothing of the others.
        room(.shared, "Wire", enters: ["WireC", "Topology"]),
        room(.shared, "Messaging", enters: ["CZeroMQ", "Threads"]),
        room(.shared, "Settings", enters: ["CYAML"]),
        room(.shared, "CommandShell", enters: [arguments, logging, lifecycle, signals]),
        room(.shared, "Registers", enters: ["CPread", "Measures"]),
        room(.agent, "KernelFiles", enters: ["CLinux"]),
        room(.coordinator, "Reports", enters: ["Measures"]),
        room(.coordinator, "Dashboard", resources: dashboardPage),
        room(.coordinator, "Learning", enters: ["CBLAS", "CScoring", "Measures"]),
        room(.coordinator, "Store", enters: ["Measures", "Threads", grdb, lifecycle, logging]),
        room(.coordinator, "HTTPClient", enters: ["CCurl", "Threads", "Measures", lifecycle]),

        // Floor 3.
        room(.agent, "Counters", enters: ["CLinux", "KernelFiles", "Registers", "Topology", "Measures"]),
        room(.agent, "Containers", enters: ["KernelFiles", "Topology", "Measures", logging, lifecycle]),
        room(.agent, "Uplink", enters: ["Wire", "Messaging", "Topology", "Measures", deque, logging, lifecycle]),
        room(.agent, "Exposition", enters: ["Topology", "Measures"]),
        room(.coordinator, "Cluster", enters: ["Topology"]),
        room(.coordinator, "Telemetry", enters: ["Wire", "Topology", "Measures"]),
        room(.coordinator, "Routing", enters: ["Topology", "Measures"]),
        room(.coordinator, "Influx", enters: ["HTTPClient", "Measures", deque, lifecycle, logging]),

        // Floor 4.
        room(
            .agent, "AgentSettings",
            enters: ["Settings", "Counters", "Containers", "Uplink", "Registers", "Wire", "Topology"]),
        room(
            .coordinator, "Kubernetes",
            enters: ["Cluster", "HTTPClient", "Settings", "Topology", "Measures", lifecycle, logging]),
        room(
            .coordinator, "Workflows",
            enters: [
                "Cluster", "HTTPClient", "Settings", "Topology", "Measures", flyingFox, flyingSocks, deque, lifecycle,
                logging,
            ]),
        room(
            .coordinator, "Harvesting", enters: ["Learning", "Topology", "Measures"],
            resources: [.embedInCode("Freyr/freyr.policy")]),
        room(.coordinator, "Placement", enters: ["Cluster", "Telemetry", "Learning", "Topology", "Measures"]),
        room(
            .coordinator, "Proxy", enters: ["Routing", "Topology", "Measures", nioCore, nioPosix, lifecycle, logging]),

        // Floor 5.
        room(
            .coordinator, "Simulation",
            enters: ["Cluster", "Registers", "Telemetry", "Topology", "Measures", "Wire", "Messaging", lifecycle, logging]),
        room(.coordinator, "FaaSSimulation", enters: ["Harvesting", "Measures"]),
        room(.coordinator, "RouterSimulation", enters: ["Routing", "Topology", "Measures"]),

        // Floor 6.
        room(
            .coordinator, "Experiments",
            enters: [
                "Simulation", "FaaSSimulation", "Harvesting", "RouterSimulation", "Routing", "Placement", "Learning",
                "Reports", "Cluster", "Telemetry", "Topology", "Measures", "Wire", "Messaging", lifecycle, logging,
            ]),
        room(
            .coordinator, "ControlAPI",
            enters: [
                "Placement", "Harvesting", "Proxy", "Routing", "Workflows", "Learning", "Cluster", "Telemetry", "Store",
                "Influx", "HTTPClient", "Wire", "Messaging", "Settings", "Topology", "Measures", lifecycle, logging,
            ]),

        // Floor 7.
        room(
            .coordinator, "HTTPAPI",
            enters: [
                "Dashboard", "ControlAPI", "Placement", "Harvesting", "Proxy", "Routing", "Telemetry", "Influx", "Store",
                "Wire", "Topology", "Measures", hummingbird, hummingbirdTLS, httpTypes, nioCore, nioPosix, nioSSL, lifecycle, logging,
            ]),

        // Floor 8: arguments and wiring only.
        door(
            .agent, "AgentCommand",
            enters: [
                "CommandShell", "AgentSettings", "Exposition", "Settings", "Counters", "Containers", "Uplink", "Registers", "Topology", "Wire", "Messaging",
                "Measures", arguments, logging, lifecycle,
            ]),
        door(
            .coordinator, "CoordinatorCommand",
            enters: [
                "HTTPAPI", "ControlAPI", "Experiments", "Kubernetes", "Workflows", "HTTPClient", "Influx", "Placement", "Harvesting",
                "Learning", "Proxy", "Routing", "Cluster", "Telemetry", "Simulation", "Store", "Messaging", "Settings",
                "Topology", "Measures", "CommandShell", arguments, logging, lifecycle,
            ]),
        door(
            .coordinator, "ReeveCommand",
            enters: [
                "CommandShell", "ControlAPI", "Experiments", "Simulation", "FaaSSimulation", "Harvesting",
                "RouterSimulation", "Routing", "Placement", "Learning", "Telemetry", "Store", "Reports", "Wire", "Messaging",
                "Settings", "Topology", "Measures", arguments, logging, lifecycle,
            ]),

        // What the tests of several rooms need; in no product.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .executableTarget(
            name: "StoreLoad", dependencies: ["Store", "Measures", logging, lifecycle, arguments], path: "Tests/StoreLoad",
            swiftSettings: settings),
        .executableTarget(
            name: "RoutingLoad", dependencies: [nioCore, nioPosix, nioHTTP1, arguments], path: "Tests/RoutingLoad",
            swiftSettings: settings),

        tests("MeasuresTests", enters: ["Measures"]),
        tests("TopologyTests", enters: ["Topology"]),
        tests("WireTests", enters: ["Wire", "WireC", "Topology", "Measures"]),
        tests("MessagingTests", enters: ["Messaging", "CZeroMQ", "TestSupport"]),
        tests("SettingsTests", enters: ["Settings"]),
        tests("CommandShellTests", enters: ["CommandShell", lifecycle, logging]),
        tests("RegistersTests", enters: ["Registers", "Measures"]),
        tests("ReportsTests", enters: ["Reports", "Measures"]),
        tests("LearningTests", enters: ["Learning", "CScoring", "Measures"], resources: [.copy("Fixtures")]),
        tests("StoreTests", enters: ["Store", "StoreLoad", "Measures", "TestSupport", grdb, lifecycle, logging]),
        tests("HTTPClientTests", enters: ["HTTPClient", "Measures", "TestSupport", lifecycle]),
        tests(
            "KubernetesTests",
            enters: [
                "Kubernetes", "Cluster", "HTTPClient", "Topology", "Measures", "TestSupport", flyingFox, flyingSocks,
                lifecycle, logging,
            ]),
        tests("KernelFilesTests", enters: ["KernelFiles"]),
        tests("CountersTests", enters: ["Counters", "KernelFiles", "Registers", "Simulation", "Topology", "Measures"]),
        tests("ContainersTests", enters: ["Containers", "KernelFiles", "Topology", "Measures", "TestSupport", logging]),
        tests("UplinkTests", enters: ["Uplink", "Wire", "Messaging", "Topology", "Measures", "TestSupport", logging]),
        tests("ExpositionTests", enters: ["Exposition", "Topology", "Measures"]),
        tests("AgentSettingsTests", enters: ["AgentSettings", "Settings", "Counters", "Uplink", "Topology"]),
        tests("TelemetryTests", enters: ["Telemetry", "Wire", "Topology", "Measures"]),
        tests(
            "WorkflowsTests",
            enters: [
                "Workflows", "Cluster", "HTTPClient", "Settings", "Topology", "Measures", "TestSupport", flyingFox,
                flyingSocks, lifecycle, logging,
            ]),
        tests(
            "HarvestingTests", enters: ["Harvesting", "Learning", "Topology", "Measures"],
            resources: [.copy("Fixtures")]),
        tests("InfluxTests", enters: ["Influx", "HTTPClient", "Measures", "TestSupport", flyingFox, flyingSocks, lifecycle, logging]),
        tests("RoutingTests", enters: ["Routing", "Topology", "Measures"]),
        tests(
            "ProxyTests",
            enters: ["Proxy", "Routing", "Topology", "Measures", "TestSupport", nioCore, nioPosix, lifecycle, logging]),
        tests("RouterSimulationTests", enters: ["RouterSimulation", "Routing", "Topology", "Measures"]),
        tests("PlacementTests", enters: ["Placement", "Cluster", "Telemetry", "Learning", "Topology", "Measures"]),
        tests(
            "SimulationTests",
            enters: [
                "Simulation", "Cluster", "Registers", "Wire", "Messaging", "Topology", "Measures", lifecycle, logging,
            ]),
        tests("FaaSSimulationTests", enters: ["FaaSSimulation", "Harvesting", "Measures"]),
        tests(
            "ExperimentsTests",
            enters: [
                "Experiments", "Simulation", "FaaSSimulation", "Harvesting", "RouterSimulation", "Routing", "Placement",
                "Learning", "Reports", "Cluster", "Topology", "Measures", "Threads",
            ]),
        tests(
            "ControlAPITests",
            enters: [
                "ControlAPI", "Placement", "Harvesting", "Proxy", "Routing", "Learning", "Cluster", "Telemetry", "Influx", "HTTPClient",
                "Simulation", "Store", "Settings", "Messaging", "Wire", "Workflows", "Topology", "Measures", "TestSupport", grdb,
                lifecycle, logging,
            ]),
        tests(
            "HTTPAPITests",
            enters: [
                "HTTPAPI", "Dashboard", "ControlAPI", "HTTPClient", "Influx", "Cluster", "Placement", "Harvesting", "Proxy", "Routing",
                "Telemetry", "Store", "Wire", "Topology", "Measures", "TestSupport", httpTypes, lifecycle, logging,
            ]),
        tests(
            "EndToEnd",
            enters: [
                "Simulation", "Telemetry", "Uplink", "Wire", "Messaging", "Topology", "Measures", "TestSupport", logging,
                lifecycle,
            ]),
        tests(
            "LiveClusterTests",
            enters: [
                "ControlAPI", "Placement", "Store", "Simulation", "Kubernetes", "Workflows", "HTTPClient", "Wire",
                "Messaging", "Topology", "Measures", "TestSupport", flyingFox, flyingSocks, lifecycle, logging,
            ]),
    ]
)
