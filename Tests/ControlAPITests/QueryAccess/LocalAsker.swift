import ControlAPI
import Foundation
import Wire

/// Asks over a local socket as another user: a program of its own, because the kernel says of a connection whose process it
/// is. It speaks ZMTP 3.0 (ZeroMQ RFC 23) with nothing but Perl, which every Debian has.
enum LocalAsker {
    /// Whether this process may become others.
    static var isPossible: Bool {
        geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/perl")
    }

    struct NotAnswered: Error { let text: String }

    /// The reply to `query` over the socket at `path`, asked by `user` of `group`; the connection says of itself that it is
    /// root's.
    static func ask(_ query: Query, at path: String, user: UInt32, group: UInt32) async throws -> Reply {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try run(query, path, user, group) })
            }
        }
    }

    private static func run(_ query: Query, _ path: String, _ user: UInt32, _ group: UInt32) throws -> Reply {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        let hex = query.encoded().map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
        process.arguments = [
            "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "/usr/bin/perl", "-e", script, path, hex,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let digits = Array(text.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        guard process.terminationStatus == 0, bytes.count * 2 == digits.count, !bytes.isEmpty else {
            throw NotAnswered(text: text)
        }
        return try bytes.withUnsafeBytes { try Reply(decoding: $0) }
    }

    /// Greeting, READY with properties, one message; then prints the first message that comes.
    private static let script = #"""
        use strict; use Socket; $SIG{ALRM} = sub { die "no answer\n" }; alarm 300;
        my ($path, $hex) = @ARGV;
        socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
        connect($s, sockaddr_un($path)) or die "connect: $!\n";
        sub put { my $b = shift; while (length $b) { my $n = syswrite($s, $b) or die "write: $!\n"; substr($b, 0, $n) = "" } }
        sub get { my $n = shift; my $b = ""; while (length $b < $n) { sysread($s, $b, $n - length $b, length $b) or die "closed\n" } $b }
        sub property { my ($n, $v) = @_; pack("C/a* N/a*", $n, $v) }
        put("\xFF" . "\0" x 8 . "\x7F\x03\x00" . pack("a20", "NULL") . "\0" x 32);
        get(64);
        my $ready = pack("C/a*", "READY") . property("Socket-Type", "DEALER") . property("Identity", "")
            . property("Peer-Address", "localhost:0:0:1") . property("User-Id", "root");
        put(pack("CC", 4, length $ready) . $ready);
        my $query = pack("H*", $hex);
        put(pack("CC", 0, length $query) . $query);
        while (1) {
            my $flags = unpack("C", get(1));
            my $size = $flags & 2 ? unpack("Q>", get(8)) : unpack("C", get(1));
            my $body = get($size);
            next if $flags & 4;
            print unpack("H*", $body); exit 0;
        }
        """#
}
