/// A server-sent event, as it was heard (HTML Living Standard, section 9.2).
struct ServerEvent: Equatable, Sendable {
    /// `decision`, `alert` or `status`; `missed` tells that some were, `fault` what cannot be told.
    var name = "message"
    /// Of the last event that had one: what to go on after. Empty where there was none yet.
    var id = ""
    /// JSON, where it comes from the daemon.
    var data: [UInt8] = []
}
