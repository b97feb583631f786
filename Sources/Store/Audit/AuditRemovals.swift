import GRDB

/// Everything that the removals of a chain say is gone, as of the newest that was read.
struct AuditRemovals {
    private var through: Int64 = 0
    private(set) var anchor: AuditAnchor?
    /// Whether the record that says so is what its own digest was made of. Where it is not, the
    /// walk that comes to it names it, and no link before is held against what it says.
    private(set) var isAnchorWhole = true
    private(set) var decisions: Set<Int64> = []
    private(set) var events: Set<Int64> = []
    private(set) var rulesets: Set<Int64> = []
    private(set) var activations: Set<Int64> = []
    private(set) var acknowledgements: Set<Int64> = []

    /// Those after a link. It has the index's own term, without which SQLite does not take a
    /// partial one, and every page of a verification would go through the rest of the chain.
    static let query = """
        SELECT \(StoredLink.columns) FROM audit
        WHERE kind <> \(AuditLink.Kind.decision.rawValue)
            AND kind = \(AuditLink.Kind.removal.rawValue) AND seq > ? ORDER BY seq
        """

    /// Reads what has come since the last time. They come after what they excuse, so they are read
    /// before it; whether they are whole is seen when the walk gets there.
    mutating func read(_ database: Database) throws(ReadError) {
        let row = try AuditCursor(database, Self.query)
        row.bind(through)
        while try row.step() {
            let link = StoredLink(row.row)
            through = link.seq
            guard let removal = link.record.flatMap(AuditRemoval.init) else { continue }
            decisions.formUnion(removal.decisions)
            events.formUnion(removal.events)
            rulesets.formUnion(removal.rulesets)
            activations.formUnion(removal.activations)
            acknowledgements.formUnion(removal.acknowledgements)
            // No link takes itself, or what comes after it.
            if let anchor = removal.anchor, anchor.linksThrough < link.seq {
                self.anchor = anchor
                isAnchorWhole = link.hasWholeRecord
            }
        }
    }

    func hasDecision(_ row: Int64) -> Bool {
        row <= anchor?.decisionsThrough ?? 0 || decisions.contains(row)
    }
}
