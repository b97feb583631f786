import Core
import Mind
import Store

/// The recorded history of a store, to be folded again: from the log's beginning, or from any
/// checkpoint along it (decision 0022).
///
/// Reads beside a running agent, a page of rows at a time. What comes into the log later is not
/// part of it; what retention deletes meanwhile ends a fold with `.overtaken`.
public struct History: Sendable {
    public let reader: StoreReader
    public let settings: Mind.Settings
    /// The oldest and newest event of the log.
    public let first: LogPosition
    public let last: LogPosition
    /// Where a fold can begin, ascending; empty where it cannot.
    public let starts: [Start]
    /// Whether a fold has the next page read on another thread meanwhile. Off, everything happens
    /// on the caller's own, which may be one of low priority.
    public var readsAhead = true
    let rulebook: Rulebook

    /// Is told the last event folded; throws `.ended` where nobody wants the rest.
    public typealias Progress = (EventSequence) throws(HistoryError) -> Void

    /// A place from which the log is whole, and at which the mind is known.
    public struct Start: Equatable, Sendable {
        /// The last event that the mind knows there; 0 at the log's beginning.
        public var sequence: EventSequence { place?.sequence ?? 0 }
        /// nil at the log's beginning, where the mind knows nothing.
        let place: CheckpointPlace?
    }

    /// Under which rules a history is folded.
    public enum Rules: Sendable {
        /// Those that were in effect, each from its event on.
        case recorded
        /// Others, from the beginning to the end.
        case other(RuleSet)
    }

    /// - Throws: `.store`, `.empty`, `.rootUnknown`.
    public init(_ reader: StoreReader) throws(HistoryError) {
        // In this order: what is thinned out or deleted between the two is missed later, and not
        // taken for something that is there.
        let places = try Self.reading { () throws(ReadError) in try reader.checkpointPlaces() }
        let range = try Self.reading { () throws(ReadError) in try reader.logRange() }
        guard let first = range.first, let last = range.last else { throw .empty }
        guard let root = range.root else { throw .rootUnknown }
        self.reader = reader
        self.first = first
        self.last = last
        settings = Mind.Settings(root: root, logID: range.logID)
        rulebook = Rulebook(reader)
        let beginning = first.sequence == 1 ? [Start(place: nil)] : []
        // One of another version serves nobody.
        let usable = places.filter { place in
            place.sequence + 1 >= first.sequence && place.sequence <= last.sequence
                && (try? Mind.rulesetDigest(ofCheckpoint: place.head)) != nil
        }
        starts = beginning + usable.map { Start(place: $0) }
    }

    static func reading<Result>(
        _ body: () throws(ReadError) -> Result
    ) throws(HistoryError) -> Result {
        do throws(ReadError) { return try body() } catch { throw .store(error) }
    }
}
