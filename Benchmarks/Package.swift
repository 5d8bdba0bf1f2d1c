// swift-tools-version: 6.2
import PackageDescription

/// Benchmarks see what a user sees: library products and `public` symbols. Each is an executable that ends with status 1
/// above its limit. Where a bare C loop does the same work, it is measured beside the room's code, by turns.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "reeve-benchmarks",
    dependencies: [
        .package(name: "reeve", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "BareLoops",
            // sqrtf must not set errno, or clang would not vectorise the C peer's Adam as it does Swift's.
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("openblas")]),
        .target(name: "BareSockets", linkerSettings: [.linkedLibrary("zmq")]),
        .target(name: "BarePreads", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "Timing", swiftSettings: settings),
        .executableTarget(
            name: "learning-benchmark",
            dependencies: ["BareLoops", "Timing", .product(name: "ReeveRooms", package: "reeve")],
            path: "Sources/LearningBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "ingest-benchmark",
            dependencies: ["BareSockets", .product(name: "ReeveRooms", package: "reeve")],
            path: "Sources/IngestBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "agent-benchmark",
            dependencies: ["BarePreads", .product(name: "ReeveRooms", package: "reeve")],
            path: "Sources/AgentBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "container-benchmark",
            dependencies: [.product(name: "ReeveRooms", package: "reeve")],
            path: "Sources/ContainerBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "faas-benchmark",
            dependencies: [.product(name: "ReeveRooms", package: "reeve")],
            path: "Sources/FaaSBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "store-benchmark",
            dependencies: [
                .product(name: "ReeveStore", package: "reeve"), .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/StoreBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "proxy-benchmark",
            dependencies: [
                .product(name: "ReeveRouter", package: "reeve"), .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/ProxyBenchmark", swiftSettings: settings),
        .executableTarget(
            name: "kubernetes-benchmark",
            dependencies: [
                .product(name: "ReeveCluster", package: "reeve"), .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/KubernetesBenchmark", swiftSettings: settings),
    ]
)
