import Store

/// Why there is no series.
public enum SeriesError: Error, Equatable, Sendable {
    /// The store cannot be read: see there.
    case store(ReadError)
    /// Several routes have the field: choose one of these.
    case severalRoutes([String])
    /// The entity has other numbers in that time: ask for one of these.
    case noField(known: [String], isCutOff: Bool)
    /// The entity has none in that time: ask for another, or, where no roll-up is of it, for one of
    /// the entities known.
    case noNumbers(isKnown: Bool, known: [String], isCutOff: Bool)
    /// More points than the bounds allow: ask for a shorter time, or by a coarser grain.
    case tooFine
}
