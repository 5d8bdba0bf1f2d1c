import Testing

/// What is tested against a real control plane. One after the other: some of it restarts the server for all.
@Suite("On a real control plane", .serialized, .needsCluster, .timeLimit(.minutes(20)))
struct ClusterTests {}
