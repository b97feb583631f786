import Core

/// The audited tables and the columns that a record covers, in this order: all that they have.
///
/// A column that is added later is not covered before it stands here, and then every digest is
/// another one: make it a new kind of link. A test compares this with the schema.
enum AuditRecords {
    static let decision = [
        "row", "id", "kind", "at", "event_seq", "route", "entity", "positive", "json",
    ]
    static let ruleset = ["id", "digest", "activated_at", "bytes"]
    /// Of every file, by position, behind the rule set's own.
    static let rulesetFile = ["position", "name", "text"]
    static let activation = [
        "id", "event_seq", "at", "digest", "how", "author", "uid", "message", "directory",
    ]
    static let event = ["seq", "at", "flags", "topic", "packet_id", "properties", "payload"]
    /// All but when it was used last, which changes without a link.
    static let key = [
        "id", "name", "role", "hash", "previous_hash", "previous_until", "created_at",
        "expires_at", "revoked_at", "created_by",
    ]
    static let acknowledgement = [
        "id", "decision_id", "rule", "entity", "at", "author", "address", "note",
    ]
}

extension Decision {
    /// The canonical record, as its row will be.
    func auditRecord(row: Int64) -> AuditEncoding {
        var encoding = AuditEncoding(reservingBytes: json.count + 256)
        encoding.integer(row)
        encoding.text(id)
        encoding.integer(Int64(kind.rawValue))
        encoding.integer(at.microseconds)
        encoding.integer(eventSequence)
        encoding.text(route)
        encoding.text(entity)
        encoding.integer(isPositive ? 1 : 0)
        encoding.blob(json)
        return encoding
    }
}

extension StoredRuleset {
    /// The canonical record, as its rows will be.
    func auditRecord(row: Int64) -> AuditEncoding {
        var encoding = AuditEncoding()
        encoding.integer(row)
        encoding.text(digest)
        encoding.integer(activatedAt.microseconds)
        encoding.integer(Int64(bytes))
        for (position, file) in files.enumerated() {
            encoding.integer(Int64(position))
            encoding.text(file.name)
            encoding.text(file.text)
        }
        return encoding
    }
}

extension RuleActivation {
    /// The canonical record, as its row will be.
    func auditRecord(row: Int64) -> AuditEncoding {
        var encoding = AuditEncoding(reservingBytes: 256)
        encoding.integer(row)
        if let eventSequence { encoding.integer(eventSequence) } else { encoding.null() }
        encoding.integer(at.microseconds)
        encoding.text(digest)
        encoding.text(how?.rawValue ?? "")
        encoding.text(author)
        if let userID { encoding.integer(Int64(userID)) } else { encoding.null() }
        encoding.text(message)
        if let directory { encoding.text(directory) } else { encoding.null() }
        return encoding
    }
}

extension Acknowledgement {
    /// The canonical record, as its row will be.
    func auditRecord(row: Int64) -> AuditEncoding {
        var encoding = AuditEncoding(reservingBytes: 256)
        encoding.integer(row)
        for text in [decisionID, rule, entity] { encoding.text(text) }
        encoding.integer(at.microseconds)
        for text in [actor.name, actor.address, note] { encoding.text(text) }
        return encoding
    }
}

extension AuditLink.Kind {
    /// nil where the request needs no link.
    init?(of request: ControlRequest) {
        switch request {
        case .soul: self = .trust
        case .forgetEntity, .forgotten: self = .forgetting
        case .change(.forget, author: _), .change(.forgetBefore, author: _): self = .forgetting
        case .store, .recalled, .change: return nil
        }
    }
}

extension Event {
    /// The canonical record of a control request, as its row will be.
    func auditRecord(of request: ControlRequest) -> AuditEncoding {
        var encoding = AuditEncoding(reservingBytes: 256)
        encoding.integer(sequence)
        encoding.integer(at.microseconds)
        encoding.integer(EventFlags(kind: .control).rawValue)
        encoding.null()
        encoding.integer(0)
        encoding.null()
        encoding.blob(request.json)
        return encoding
    }
}
