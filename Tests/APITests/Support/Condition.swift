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
            // Between two looks, or those who are to bring it about find no thread to run on.
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
