import ArgumentParser
import ControlAPI
import Reports
import Settings

/// `reeve leases`: limits of containers that are changed for a time.
struct LeasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leases", abstract: "Show leases on containers' limits, take one, or end one.",
        discussion: """
            A lease changes a container's CPU or memory limit for a time. The node's agent gives the previous limit \
            back by itself: when the time is over, when the container's use comes near a limit that was lowered, or \
            when the agent stops. Agents refuse leases unless their configuration enables them.
            """,
        subcommands: [Show.self, Take.self, End.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the leases in force, and what happened lately.")

        @Option(help: "The node; all nodes if none is given.")
        var node: String?

        @OptionGroup var query: QueryOptions

        func run() async throws {
            var arguments: [String: String] = [:]
            arguments["node"] = node
            try query.ask("leases", arguments, as: LeasesAnswer.self) { LeaseText.text(of: $0) }
        }
    }

    struct Take: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Change a container's limits for a time.")

        @Option(help: "The node that the container runs on.")
        var node: String

        @Option(help: "The container's id, or at least eight digits that begin it.")
        var container: String

        @Option(help: "The CPU limit in cores, such as 0.5.")
        var cpu: Double?

        @Option(help: "The memory limit, such as 128MiB or 1GiB.")
        var memory: String?

        @Option(name: .customLong("for"), help: "For how long, such as 30s or 2m.")
        var duration: String

        @Option(help: "The number of a lease in force that is to last longer; its limits must be given as they are.")
        var lease: String?

        @OptionGroup var query: QueryOptions

        func validate() throws {
            guard cpu != nil || memory != nil else { throw ValidationError("give --cpu or --memory, or both") }
            _ = try milliseconds()
            _ = try memoryBytes()
        }

        func run() async throws {
            var arguments = ["node": node, "container": container]
            arguments["cpuCores"] = cpu.map { "\($0)" }
            arguments["memoryBytes"] = try memoryBytes().map { "\($0)" }
            arguments["milliseconds"] = "\(try milliseconds())"
            arguments["lease"] = lease
            try query.ask("lease-take", arguments, as: LeaseAnswer.self) { LeaseText.line(of: $0) }
        }

        private func milliseconds() throws -> UInt64 {
            guard let nanoseconds = DurationText.parse(duration), nanoseconds >= 1_000_000 else {
                throw ValidationError(
                    "--for is \"\(duration)\": allowed is a whole number and a unit, such as 500ms, 30s or 2m")
            }
            return nanoseconds / 1_000_000
        }

        private func memoryBytes() throws -> UInt64? {
            guard let memory else { return nil }
            guard let bytes = BytesText.parse(memory), bytes > 0 else {
                throw ValidationError(
                    "--memory is \"\(memory)\": allowed is a whole number and KiB, MiB or GiB, such as 128MiB")
            }
            return UInt64(bytes)
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a container's limits back before the time is over.")

        @Argument(help: "The lease's number.")
        var lease: String

        @Option(help: "The node that holds it, where the coordinator has not heard of the lease.")
        var node: String?

        @OptionGroup var query: QueryOptions

        func run() async throws {
            var arguments = ["lease": lease]
            arguments["node"] = node
            try query.ask("lease-end", arguments, as: LeaseAnswer.self) { LeaseText.line(of: $0) }
        }
    }
}
