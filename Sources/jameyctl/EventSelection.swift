import Core

/// Of which time events of the log are judged again.
struct EventSelection {
    /// From then on.
    var since: Timestamp?
    /// Before then.
    var until: Timestamp?
}
