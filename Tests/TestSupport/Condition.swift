public import Testing

/// Asks `condition` again and again until it holds; the test fails when it does not within five generous minutes. The pause
/// between questions only spares the processor: nothing is assumed to have happened in it.
public func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(300)
    while try await !condition() {
        try #require(clock.now < deadline, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(10))
    }
}
