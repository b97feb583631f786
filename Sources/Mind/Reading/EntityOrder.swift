/// An order in which entities can be asked for, beside that of their names.
public enum EntityOrder: String, Sendable, CaseIterable {
    /// By the messages of the last minute; those of which none came are left out.
    case loud
    /// Those heard last first.
    case recent
    /// Those heard longest ago first.
    case silent
}

/// The loudest of many, whatever order they come in; of those that are equal, what came first.
struct LoudestSlots {
    private let count: Int
    private var found: [(slot: Int, perMinute: Int)] = []
    /// What is not louder is not wanted, once there are enough.
    private var least = 0

    /// - Parameter count: 1...
    init(count: Int) { self.count = count }

    mutating func add(_ slot: Int, perMinute: Int) {
        guard perMinute > least else { return }
        found.append((slot, perMinute))
        // Some more than are wanted, so that few of a long list lead to sorting.
        guard found.count >= 2 * count else { return }
        found = best
        least = found.last?.perMinute ?? 0
    }

    /// The loudest first.
    var slots: [Int] { best.map(\.slot) }

    private var best: [(slot: Int, perMinute: Int)] {
        let ordered = found.enumerated().sorted {
            ($0.element.perMinute, $1.offset) > ($1.element.perMinute, $0.offset)
        }
        return ordered.prefix(count).map(\.element)
    }
}
