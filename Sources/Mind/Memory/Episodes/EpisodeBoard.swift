import Core

/// The episodes that are open, and when those of them close in which nothing holds any longer.
///
/// Bounded by `Limits.episodesOpenMax`.
struct EpisodeBoard: Sendable {
    struct Entry: Equatable, Sendable {
        var episode: Episode
        /// The decisions of its alerts that hold, whether or not these are among its triggers.
        var firing: [String] = []
        fileprivate(set) var closing: TimerQueue<ExactText>.Handle?

        init(_ episode: Episode, firing: [String]) {
            self.episode = episode
            self.firing = firing
        }
    }

    private var open: [ExactText: Entry] = [:]
    private var timers = TimerQueue<ExactText>()
    /// Smaller in tests.
    var countMax = Limits.episodesOpenMax

    var count: Int { open.count }
    var isFull: Bool { open.count >= countMax }
    /// When the next one closes.
    var nextDue: Timestamp? { timers.nextDue }

    func has(_ entity: String) -> Bool { !open.isEmpty && open[ExactText(entity)] != nil }
    func entry(of entity: String) -> Entry? { open.isEmpty ? nil : open[ExactText(entity)] }

    /// - Parameter entry: of an entity that has none.
    mutating func begin(_ entry: Entry) {
        let earlier = open.updateValue(entry, forKey: ExactText(entry.episode.entity))
        precondition(earlier == nil)
    }

    /// Changes an episode in place.
    mutating func update(_ entity: String, _ change: (inout Entry) -> Void) {
        let key = ExactText(entity)
        guard let index = open.index(forKey: key) else { return }
        change(&open.values[index])
    }

    /// Has it close at a time, rather than at the one set before.
    ///
    /// - Returns: false where too many timers are set: it must be closed at once.
    mutating func close(_ entity: String, at due: Timestamp) -> Bool {
        let key = ExactText(entity)
        guard let index = open.index(forKey: key) else { return true }
        if let handle = open.values[index].closing {
            timers.reschedule(handle, at: due)
            return true
        }
        open.values[index].closing = timers.schedule(key, at: due)
        return open.values[index].closing != nil
    }

    /// It stays open, since something holds again.
    mutating func keepOpen(_ entity: String) {
        let key = ExactText(entity)
        guard let index = open.index(forKey: key), let handle = open.values[index].closing else {
            return
        }
        timers.cancel(handle)
        open.values[index].closing = nil
    }

    /// Takes an episode away, whether or not its time has come.
    mutating func take(_ entity: String) -> Episode? {
        keepOpen(entity)
        return open.removeValue(forKey: ExactText(entity))?.episode
    }

    /// Takes the next episode whose time has come.
    mutating func nextClosed(at now: Timestamp) -> (episode: Episode, due: Timestamp)? {
        guard let (key, due) = timers.next(at: now) else { return nil }
        guard let entry = open.removeValue(forKey: key) else {
            preconditionFailure("a timer belongs to an open episode")
        }
        return (entry.episode, due)
    }

    // MARK: Checkpoint

    /// In the order of their opening.
    var ordered: [Entry] {
        open.values.sorted { one, other in
            let (one, other) = (one.episode, other.episode)
            guard one.eventSequence == other.eventSequence else {
                return one.eventSequence < other.eventSequence
            }
            return one.entity.utf8.lexicographicallyPrecedes(other.entity.utf8)
        }
    }

    /// When episodes close, in that order.
    var closings: [(entity: String, due: Timestamp)] {
        timers.ordered.map { ($0.key.text, $0.due) }
    }
}
