import Core

/// Which events of the log are shown.
struct EventSelection {
    /// From then on.
    var since: Timestamp?
    /// Before then.
    var until: Timestamp?
    /// Messages on these topics, and nothing else.
    var filter: TopicFilter?

    /// Whether an event of the wanted time is wanted.
    func matches(_ event: Event) -> Bool {
        guard let filter else { return true }
        guard case .message(let message) = event.body else { return false }
        return filter.matches(message.topic)
    }
}
