/// Every table of the store, and what can be a trace of an entity in it: the one place that says
/// what forgetting has to look at (decision 0020).
///
/// A table that is not listed, or a column that is not, fails a test that reads the schema.
enum EntityTraces {
    enum Handling: Equatable {
        /// Rows whose `column` is the entity are emptied and then deleted, by slices of the rowid.
        case rows(of: String)
        /// A phase of its own does it.
        case phase(Forgetting.Phase)
        /// Nothing in it is about an entity, for this reason.
        case none(String)
    }

    struct Table {
        var name: String
        /// Columns that can hold the name, or what was said about the entity.
        var traces: [String]
        /// Numbers, times and names that are nobody's.
        var others: [String]
        var handling: Handling

        /// A number by which its rows can be read slice by slice.
        var order: String {
            switch name {
            // These have no rowid.
            case "rollup_hour", "rollup_day", "rollup_place": "period"
            case "ruleset_file": "position"
            case _: "rowid"
            }
        }
    }

    static let all = [
        Table(
            name: "event", traces: ["topic", "properties", "payload"],
            others: ["seq", "at", "flags", "packet_id"], handling: .phase(.events)),
        Table(
            name: "topic", traces: ["name"], others: ["id"], handling: .phase(.topics)),
        Table(
            name: "decision", traces: ["entity", "json"],
            others: ["row", "id", "kind", "at", "event_seq", "route", "positive"],
            handling: .rows(of: "entity")),
        Table(
            name: "decision_entity", traces: ["entity"], others: ["row"],
            handling: .rows(of: "entity")),
        Table(
            name: "memory", traces: ["entity", "tags", "facets", "content", "author"],
            others: [
                "id", "at", "layer", "rule", "decision_id", "event_seq", "importance", "pinned",
                "recalled",
            ], handling: .rows(of: "entity")),
        Table(
            name: "memory_link", traces: ["entity"], others: ["memory"],
            handling: .rows(of: "entity")),
        Table(
            name: "soul", traces: ["entity"],
            others: [
                "changed", "at", "alpha", "beta", "pro", "contra", "judged", "age", "changes",
                "event_seq", "first_seen", "last_seen",
            ], handling: .rows(of: "entity")),
        Table(
            name: "evidence", traces: ["entity", "note", "origin"],
            others: [
                "id", "at", "kind", "weight", "source", "decision_id", "event_seq",
                "trust_before", "trust", "pro", "contra", "age",
            ], handling: .rows(of: "entity")),
        Table(
            name: "episode", traces: ["entity", "triggers", "changes", "summary"],
            others: [
                "id", "decision_id", "event_seq", "opened_at", "run_up_from", "follow_up",
                "ended_at", "closed_at", "severity", "further_triggers", "events", "left_out",
                "bytes", "is_kept",
            ], handling: .rows(of: "entity")),
        Table(
            name: "episode_event", traces: ["entity", "topic", "payload"],
            others: ["episode", "seq", "at"], handling: .rows(of: "entity")),
        Table(
            name: "rollup_minute", traces: ["entity", "fields"],
            others: ["row", "period", "age", "route"], handling: .rows(of: "entity")),
        Table(
            name: "rollup_hour", traces: ["entity", "fields"], others: ["period", "route"],
            handling: .phase(.rollUps)),
        Table(
            name: "rollup_day", traces: ["entity", "fields"], others: ["period", "route"],
            handling: .phase(.rollUps)),
        Table(
            name: "rollup_place", traces: ["entity", "rows"], others: ["period", "route"],
            handling: .phase(.rollUps)),
        Table(
            name: "shadow_difference", traces: ["entity", "json"],
            others: [
                "id", "at", "event_seq", "source", "route", "rules", "active", "shadow", "omitted",
            ], handling: .rows(of: "entity")),
        Table(
            name: "alert_ack", traces: ["entity", "author", "note"],
            others: ["id", "decision_id", "rule", "at", "address"], handling: .rows(of: "entity")),
        Table(
            name: "memory_index", traces: ["memory_index", "content", "tags", "facets"],
            others: ["rank"], handling: .phase(.index)),
        Table(
            name: "checkpoint_part", traces: ["bytes"], others: ["checkpoint", "part"],
            handling: .phase(.checkpoints)),
        Table(
            name: "outbox", traces: ["topic", "properties", "payload"], others: ["id", "flags"],
            handling: .phase(.outbox)),
        Table(
            name: "forgetting", traces: ["entity"],
            others: ["event_seq", "phase", "step", "place", "through", "counts"],
            handling: .phase(.log)),
        Table(
            name: "checkpoint", traces: [], others: ["id", "seq", "at", "parts"],
            handling: .none("it says where checkpoints are")),
        Table(
            name: "ruleset", traces: [], others: ["id", "digest", "activated_at", "bytes"],
            handling: .none("it says which rules were in force")),
        Table(
            name: "ruleset_file", traces: ["text"], others: ["digest", "position", "name"],
            handling: .none("rules are written by people: what they name is theirs to change")),
        Table(
            name: "activation", traces: ["author", "message"],
            others: ["id", "event_seq", "at", "digest", "how", "uid", "directory"],
            handling: .none("why people changed rules is theirs to say")),
        Table(
            name: "api_key", traces: ["name", "created_by"],
            others: [
                "id", "role", "hash", "previous_hash", "previous_until", "created_at",
                "expires_at", "revoked_at", "last_used_at",
            ], handling: .none("keys are about who asks, not about what is heard of")),
        Table(
            name: "meta", traces: [], others: ["key", "value"],
            handling: .none("counters and settings of the store")),
        Table(
            name: "audit", traces: ["record"],
            others: ["seq", "at", "kind", "ref", "digest", "hash"],
            handling: .none("digests, the configuration and keys, and who asked for what route")),
    ]

    /// Those of which rows are emptied and deleted, in this order.
    static let rows = all.compactMap { table -> Rows? in
        if case .rows(let column) = table.handling {
            Rows(
                name: table.name, column: column, emptying: table.emptying,
                isRenewed: table.name == "soul")
        } else {
            nil
        }
    }

    /// A table whose rows are deleted by entity.
    struct Rows {
        var name: String
        /// That names the entity.
        var column: String
        /// Fills the row of a number with zeros.
        var emptying: String
        /// What comes after the forgetting began is written into the same row: its `event_seq`
        /// tells.
        var isRenewed: Bool
    }

    /// SQLite's own tables, and those in which the full-text index keeps itself.
    static func isInternal(_ name: String) -> Bool {
        name.hasPrefix("sqlite_") || name.hasPrefix("memory_index_")
    }
}

extension EntityTraces.Table {
    /// Fills what can be a trace with zeros of the same length: the row stays as large as it was,
    /// so SQLite writes it in place, and moves no row that is not emptied yet.
    fileprivate var emptying: String {
        let columns = traces.map { "\($0) = zeroblob(length(CAST(\($0) AS BLOB)))" }
        return "UPDATE \(name) SET \(columns.joined(separator: ", ")) WHERE rowid = ?"
    }
}
