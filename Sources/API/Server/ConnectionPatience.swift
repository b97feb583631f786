import Core

/// How long the client of one connection may take; shorter in tests.
struct ConnectionPatience: Sendable {
    // Kept by `ConnectionGuard`.

    /// Until a whole head is there: of the first request, and after each answer.
    var head = Limits.apiHeadTimeMax
    /// From there to the end of the request.
    var request = Limits.apiRequestTimeMax
    /// For what is under way to be answered once nothing more is read.
    var answer = Limits.apiAnswerTimeMax
    /// For taking the last answer of a connection that ends.
    var farewell: Duration = .seconds(1)

    // Kept by `AnswerGuard`.

    /// For taking `Limits.apiWriteBytesMin` of what is answered.
    var write = Limits.apiWriteTimeMax
}
