import Core
import GRDB

extension StoreReader {
    /// What took effect, the newest first.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func activations(limit: Int) throws(ReadError) -> [StoredActivation] {
        try activations(before: nil, limit: limit).map(\.stored)
    }

    /// What took effect before another one, the newest first.
    /// - Parameter id: of the other one, as it was told; nil for the newest.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func activations(
        before id: Int64?, limit: Int
    ) throws(ReadError) -> [(id: Int64, stored: StoredActivation)] {
        let end = id ?? Int64.max
        return try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT event_seq, at, digest, how, author, uid, message, directory,
                        EXISTS (SELECT 1 FROM ruleset WHERE ruleset.digest = activation.digest), id
                    FROM activation WHERE id < ? ORDER BY id DESC LIMIT ?
                    """, arguments: [end, limit])
            return try rows.map { row in
                let stored = StoredActivation(
                    RuleActivation(
                        eventSequence: row.isNull(0) ? nil : try row.integer(0),
                        at: Timestamp(microseconds: try row.integer(1)),
                        digest: try row.text(2),
                        how: RuleActivation.How(rawValue: try row.text(3)),
                        author: try row.text(4),
                        userID: row.isNull(5)
                            ? nil : UInt32(truncatingIfNeeded: try row.integer(5)),
                        message: try row.text(6),
                        directory: row.isNull(7) ? nil : try row.text(7)),
                    isKept: try row.integer(8) != 0)
                return (id: try row.integer(9), stored: stored)
            }
        }
    }

    /// The rule set of a digest, as it took effect last; nil where it is not kept.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func ruleset(digest: String) throws(ReadError) -> StoredRuleset? {
        try read { database in
            let at = try Int64.fetchOne(
                database, sql: "SELECT activated_at FROM ruleset WHERE digest = ?",
                arguments: [digest])
            guard let at else { return nil }
            let files = try Row.fetchAll(
                database,
                sql: "SELECT name, text FROM ruleset_file WHERE digest = ? ORDER BY position",
                arguments: [digest])
            return StoredRuleset(
                digest: digest, activatedAt: Timestamp(microseconds: at),
                files: try files.map { .init(name: try $0.text(0), text: try $0.text(1)) })
        }
    }

    /// The digests of all rule sets that the store has.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rulesetDigests() throws(ReadError) -> [String] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT digest FROM ruleset ORDER BY id")
        }
    }

    /// The digests that begin with this, of sets that took effect, whether they are kept or not.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func rulesetDigests(beginningWith prefix: String) throws(ReadError) -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT digest FROM (SELECT digest FROM ruleset
                        UNION SELECT digest FROM activation)
                    WHERE substr(digest, 1, length(?1)) = ?1 ORDER BY digest
                    """, arguments: [prefix])
        }
    }
}
