/// One of the ten applications of Freyr's released simulator: how long it runs with the most and with the least
/// resources, and how long its cold start takes.
public struct PublishedApplication: Sendable, Hashable {
    /// Seconds with everything it can use.
    public let shortestSeconds: Double
    /// Seconds with one core and one unit of memory.
    public let longestSeconds: Double
    /// Seconds of a cold start.
    public let coldStartSeconds: Double

    /// How many times longer it runs with the least resources than with the most.
    public var slowdown: Double { longestSeconds / shortestSeconds }
    /// A cold start as a share of the shortest run.
    public var coldStartShare: Double { coldStartSeconds / shortestSeconds }

    /// The table of the release (2023-02-26), by key.
    public static let all: [Self] = [
        Self(shortestSeconds: 20, longestSeconds: 100, coldStartSeconds: 1),
        Self(shortestSeconds: 40, longestSeconds: 200, coldStartSeconds: 1),
        Self(shortestSeconds: 40, longestSeconds: 160, coldStartSeconds: 1),
        Self(shortestSeconds: 100, longestSeconds: 600, coldStartSeconds: 1),
        Self(shortestSeconds: 60, longestSeconds: 300, coldStartSeconds: 1),
        Self(shortestSeconds: 50, longestSeconds: 250, coldStartSeconds: 1),
        Self(shortestSeconds: 60, longestSeconds: 180, coldStartSeconds: 1),
        Self(shortestSeconds: 60, longestSeconds: 360, coldStartSeconds: 1),
        Self(shortestSeconds: 150, longestSeconds: 550, coldStartSeconds: 5),
        Self(shortestSeconds: 10, longestSeconds: 80, coldStartSeconds: 1),
    ]
}
