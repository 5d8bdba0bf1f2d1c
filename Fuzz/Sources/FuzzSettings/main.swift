internal import FuzzDriver
internal import Glibc
internal import Settings

/// The reader of YAML configurations, and of the values in them.
func read(_ text: String) throws {
    let file = try SettingsSection.parse(yaml: text)
    _ = try? file.string("a")
    _ = try? file.strings("a")
    _ = try? file.nanoseconds("a", in: 0...UInt64.max, default: 0)
    _ = try? file.share("a", in: 0...1, default: 0)
    _ = try? file.bytes("a", in: 0...Int.max, default: 0)
    if let section = try? file.section("b") { _ = try? section.integer("a", in: Int.min...Int.max, default: 0) }
    _ = try? file.sectionList("c").map { try $0.boolean("a", default: false) }
    _ = file.effectiveLines()
    try file.finish()
}

exit(
    reeve_fuzz(CommandLine.argc, CommandLine.unsafeArgv) { data, count in
        try? read(String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self))
        return 0
    })
