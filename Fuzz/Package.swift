// swift-tools-version: 6.2
import PackageDescription

/// Fuzz harnesses over what reads bytes from outside, each a libFuzzer program. `make fuzz` builds them with the sanitizers
/// and the coverage that libFuzzer needs, which go to the rooms as well; see scripts/fuzz.sh.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func harness(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzDriver", .product(name: "ReeveInputs", package: "reeve")],
        swiftSettings: settings)
}

let package = Package(
    name: "reeve-fuzz",
    dependencies: [.package(name: "reeve", path: "..")],
    targets: [
        .target(name: "FuzzDriver"),
        harness("FuzzWire"),
        harness("FuzzKernelText"),
        harness("FuzzSettings"),
        harness("FuzzHandshake"),
    ]
)
