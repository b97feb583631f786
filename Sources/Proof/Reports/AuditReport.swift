import Core
import Store

/// What a verification of the audit chain came to, as it is told: all of it is in its JSON.
public struct AuditReport: Sendable {
    /// Something that is not as the chain says.
    public struct Finding: Sendable {
        /// `AuditFinding.Problem`, or what a newer agent calls it.
        public var problem: String
        public var seq: Int64?
        public var kind: String?
        public var reference: Int64?
        /// For a person.
        public var message: String
    }

    /// The first is the one to look at.
    public private(set) var findings: [Finding]
    /// Findings beyond those.
    public let more: Int64
    public let links: Int64
    /// The first link that is there.
    public let first: Int64
    public let records: Int64
    public let removed: Int64
    public let unlinked: Int64
    /// The newest link: its number, its hash in hexadecimal, and when it was made.
    public let head: (seq: Int64, hash: String, timestamp: String)
    /// Whether the head that was held was signed by the key; nil where none was held.
    public var isSigned: Bool?

    /// - Parameter held: the head that the chain had to have.
    public init(_ verification: AuditVerification, held: HeldHead?) {
        findings = verification.findings.map { Finding($0) }
        more = Int64(verification.more)
        links = Int64(verification.links)
        first = verification.first
        records = Int64(verification.records)
        removed = Int64(verification.removed)
        unlinked = Int64(verification.unlinked)
        let head = verification.head
        self.head = (head.seq, Self.text(of: head.hash), head.at.rfc3339(.microseconds))
        isSigned = held == nil ? nil : false
    }

    /// Of a chain that was changed it can be anything: of what is longer than a hash, its length.
    private static func text(of hash: [UInt8]) -> String {
        hash.count <= AuditHead().hash.count
            ? Hexadecimal.text(of: hash) : "\(hash.count) bytes, which are no hash"
    }

    public var isWhole: Bool { findings.isEmpty }

    /// Something else than the chain is wrong.
    public mutating func refuse(_ finding: AuditFinding) { findings.append(Finding(finding)) }
}

// MARK: JSON

extension AuditReport {
    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("ok", isWhole)
            if let first = findings.first { json.object("broken") { first.write(to: &$0) } }
            json.member("links", links)
            json.member("first", first)
            json.member("records", records)
            json.member("removed", removed)
            json.member("not_linked", unlinked)
            json.object("head") { json in
                json.member("seq", head.seq)
                json.member("hash", head.hash)
                json.member("timestamp", head.timestamp)
            }
            if let isSigned { json.member("signed", isSigned) }
            json.array("findings") { list in
                for finding in findings { list.object { finding.write(to: &$0) } }
            }
            json.member("more", more)
        }
    }

    /// From its JSON; nil of anything else.
    public init?(json: [UInt8]) {
        guard let body = try? JSONScanner.scan(json), let links = body["links"]?.int,
            let first = body["first"]?.int, let records = body["records"]?.int,
            let removed = body["removed"]?.int, let unlinked = body["not_linked"]?.int,
            let head = body["head"], let seq = head["seq"]?.int, let hash = head["hash"]?.string,
            let timestamp = head["timestamp"]?.string, let more = body["more"]?.int,
            let list = body["findings"]?.array
        else { return nil }
        let found = list.compactMap { Finding($0) }
        // What is not understood must not pass for whole.
        guard found.count == list.count, body["ok"]?.bool == found.isEmpty else { return nil }
        findings = found
        self.more = more
        self.links = links
        self.first = first
        self.records = records
        self.removed = removed
        self.unlinked = unlinked
        self.head = (seq, hash, timestamp)
        isSigned = body["signed"]?.bool
    }
}

extension AuditReport.Finding {
    fileprivate init(_ finding: AuditFinding) {
        problem = finding.problem.rawValue
        seq = finding.seq
        kind = finding.kind?.name
        reference = finding.kind == nil ? nil : finding.reference
        message = finding.message
    }

    fileprivate init?(_ json: JSONValue) {
        guard let problem = json["problem"]?.string, let message = json["message"]?.string else {
            return nil
        }
        self.problem = problem
        self.message = message
        seq = json["seq"]?.int
        kind = json["kind"]?.string
        reference = json["ref"]?.int
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.member("problem", problem)
        if let seq { json.member("seq", seq) }
        json.member("kind", ifPresent: kind)
        if let reference { json.member("ref", reference) }
        json.member("message", message)
    }
}

// MARK: For a person

extension AuditFinding {
    /// `link 17 (decision 12): the record was changed`
    public var message: String {
        let about = kind.map { $0.text(about: reference ?? 0) }
        var text =
            switch (seq, about) {
            case (let seq?, let about?): "link \(seq) (\(about)): "
            case (let seq?, nil): "link \(seq): "
            case (nil, let about?): "\(about): "
            case (nil, nil): ""
            }
        text += problem.text
        return detail.isEmpty ? text : text + "; " + detail
    }
}

extension AuditLink.Kind {
    /// `decision 12`, `trust, event 7`, `key 0a1b2c3d4e5f`
    public func text(about reference: Int64) -> String {
        switch self {
        case .decision, .ruleset, .activation, .acknowledgement: "\(name) \(reference)"
        case .trust, .forgetting: "\(name), event \(reference)"
        case .key: "\(name) \(StoredKey.id(of: reference) ?? "\(reference)")"
        case .beginning, .configuration, .removal, .credential, .access: name
        }
    }
}
