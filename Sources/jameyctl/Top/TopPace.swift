import Core

/// What has happened between two looks.
struct TopPace: Equatable, Sendable {
    /// So long it was between them.
    let seconds: Double
    /// Each per second; nil where the daemon does not tell it.
    let messages: Double?
    let decisions: Double?
    let commits: Double?
    /// Of one processor.
    let processorShare: Double?
    let commitTimes: DurationCounts?

    private static let messageCounter = "jamey_messages_received_total"
    private static let commitCounter = "jamey_commits_total"
    private static let decisionCounters = [
        "jamey_verdicts_approved_total", "jamey_verdicts_denied_total",
        "jamey_alerts_raised_total", "jamey_alerts_resolved_total",
    ]
    private static let processorCounter = "process_cpu_seconds_total"
    private static let commitHistogram = "jamey_commit_duration_seconds"

    /// - Returns: nil where the agent was started anew between them: its counters begin with it.
    init?(from earlier: TopSample, to later: TopSample) {
        let seconds = Double((later.at - earlier.at).microseconds) / 1_000_000
        guard seconds > 0, earlier.bootID == later.bootID else { return nil }
        func rate(_ names: [String]) -> Double? {
            guard let now = later.metrics.sum(names), let before = earlier.metrics.sum(names),
                now >= before
            else { return nil }
            return (now - before) / seconds
        }
        self.seconds = seconds
        messages = rate([Self.messageCounter])
        decisions = rate(Self.decisionCounters)
        commits = rate([Self.commitCounter])
        processorShare = rate([Self.processorCounter])
        let counts = later.metrics.durations(Self.commitHistogram)
        let countsBefore = earlier.metrics.durations(Self.commitHistogram)
        commitTimes = countsBefore.flatMap { counts?.since($0) }
    }
}
