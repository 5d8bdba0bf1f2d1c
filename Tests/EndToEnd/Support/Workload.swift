import Foundation

/// A process in a control group of its own that does pieces of work of one size, pausing between them, and notes how long
/// each took. On SIGUSR1 it pauses no more. In Perl, which every Debian has.
final class Workload {
    private let process = Process()
    private let log: URL

    private static let script = """
        use POSIX ();
        use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);
        my ($size, $pause) = @ARGV;
        $SIG{USR1} = sub { $pause = 0 };
        # Whoever starts tests may have blocked it.
        POSIX::sigprocmask(POSIX::SIG_UNBLOCK(), POSIX::SigSet->new(POSIX::SIGUSR1()));
        $| = 1;
        while (1) {
            my $start = clock_gettime(CLOCK_MONOTONIC);
            my $sum = 0;
            for (my $i = 0; $i < $size; $i++) { $sum += $i }
            my $end = clock_gettime(CLOCK_MONOTONIC);
            printf("%.6f %.6f\\n", $end, $end - $start);
            sleep($pause) if $pause;
        }
        """

    struct Piece {
        /// When it ended, in seconds of CLOCK_MONOTONIC.
        let end: Double
        let seconds: Double
    }

    /// Starts pieces of `size` additions with `pause` seconds between them in the control groups `groups`.
    init(size: Int, pause: Double, groups: [String], log: URL) throws {
        self.log = log
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // It enters its groups before it works.
        let enter = groups.map { "echo $$ > \($0)/cgroup.procs" }.joined(separator: "; ")
        process.arguments = ["-c", "\(enter); exec perl -e \"$0\" \(size) \(pause)", Self.script]
        process.standardOutput = try FileHandle(forWritingTo: log)
        try process.run()
    }

    /// Has it pause no more.
    func spike() { kill(process.processIdentifier, SIGUSR1) }

    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The pieces done between two instants of CLOCK_MONOTONIC.
    func pieces(from start: Double, to end: Double) throws -> [Piece] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ").compactMap { Double($0) }
            guard fields.count == 2, fields[0] - fields[1] >= start, fields[0] <= end else { return nil }
            return Piece(end: fields[0], seconds: fields[1])
        }
    }
}
