import Testing

/// What a test waits for.
enum Condition {
    /// Returns when it holds; fails the test after half a minute.
    static func becomesTrue(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ holds: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try await !holds() {
            try #require(
                ContinuousClock.now < end, "it did not come: \(what)",
                sourceLocation: sourceLocation)
            await Task.yield()
        }
    }
}
