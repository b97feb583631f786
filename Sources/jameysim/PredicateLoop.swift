import CEL
import Core

/// One measurement of `jameysim cel`: the same question, asked often, every answer counted.
struct PredicateLoop {
    enum Case: String, CaseIterable {
        /// Every term is evaluated; the payload is scanned already.
        case all
        /// The first term decides.
        case firstFalse = "first-false"
        /// The payload is scanned for what the predicate asks for, and nothing is asked.
        case scan
        /// As `all`, on the plain evaluator over the tree.
        case tree
    }

    struct Figures: Equatable {
        let count: Int
        /// How often the predicate held, or the document was what it must be.
        var held = 0
        var took = Duration.zero
    }

    /// Before the clock starts; always as many, so that the difference of two runs is of the
    /// messages that were counted.
    static let warmUpCount = 1_000

    /// Even.
    let count: Int
    var clock: any TimeSource = SystemTime()

    func run(_ measured: Case) throws -> Figures {
        switch measured {
        case .all: try evaluate(BenchPredicate.payload)
        case .firstFalse: try evaluate(BenchPredicate.calmPayload)
        case .scan: try scan(BenchPredicate.payload)
        case .tree: try evaluateTree(BenchPredicate.payload)
        }
    }

    /// How often the predicate must have held.
    func expected(_ measured: Case) -> Int {
        switch measured {
        case .all, .scan, .tree: count
        case .firstFalse: 0
        }
    }

    private func evaluate(_ payload: String) throws -> Figures {
        let predicate = try MeasuredPredicate()
        var found: [MemberTree.Place] = []
        predicate.find(in: try JSONDocument(Array(payload.utf8)), into: &found)
        // The same of two messages that are the same.
        return try alternating(payload) { predicate.holds(for: $0, found) }
    }

    private func evaluateTree(_ payload: String) throws -> Figures {
        let predicate = try TreePredicate()
        return try alternating(payload) { try predicate.holds(for: $0) }
    }

    /// Two messages in turn, so that nobody is asked about the same one twice in a row. They are
    /// constants of this function, since taking them out of an array would count references.
    private func alternating(
        _ payload: String, _ holds: (JSONDocument) throws -> Bool
    ) throws -> Figures {
        let first = try JSONDocument(Array(payload.utf8))
        let second = try JSONDocument(Array(payload.utf8))
        func pairs(_ count: Int) throws -> Int {
            var held = 0
            for _ in 0..<count / 2 {
                if try holds(first) { held += 1 }
                if try holds(second) { held += 1 }
            }
            return held
        }
        return try timed(pairs)
    }

    /// With the memory of the document before, as the mind does it.
    private func scan(_ payload: String) throws -> Figures {
        let bytes = Array(payload.utf8)
        let nodes = try JSONDocument(bytes).next(0)
        let predicate = try MeasuredPredicate()
        var found: [MemberTree.Place] = []
        var tape = JSONTape()
        func documents(_ count: Int) throws -> Int {
            var whole = 0
            for _ in 0..<count {
                let document = try JSONDocument(bytes, reusing: &tape)
                predicate.find(in: document, into: &found)
                if found.count == BenchPredicate.pathCount, document.next(0) == nodes { whole += 1 }
                tape = document.recycled()
            }
            return whole
        }
        return try timed(documents)
    }

    private func timed(_ run: (Int) throws -> Int) rethrows -> Figures {
        var figures = Figures(count: count)
        _ = try run(Self.warmUpCount)
        let start = clock.monotonic()
        figures.held = try run(count)
        figures.took = clock.monotonic() - start
        return figures
    }
}
