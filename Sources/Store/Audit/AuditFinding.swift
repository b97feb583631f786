import Core

/// Something that is not as the chain says: a broken link, and what is wrong with it.
public struct AuditFinding: Equatable, Sendable {
    public enum Problem: String, Sendable, CaseIterable {
        /// Its values do not give its hash behind the link before.
        case linkChanged = "link-changed"
        /// One or more links are not there.
        case linkMissing = "link-missing"
        /// It and the next have changed places.
        case order
        /// A link is there that a removal says is gone.
        case linkBack = "link-back"
        /// The record is not the one that was linked.
        case recordChanged = "record-changed"
        /// The record is not there, and no removal says that it went.
        case recordMissing = "record-missing"
        /// A removal says that the record is gone, and one is there.
        case recordBack = "record-back"
        /// A record is there that no link is about.
        case recordUnlinked = "record-unlinked"
        /// A link was broken already when retention took it.
        case brokenBefore = "broken-before"
        /// The chain ends before the head that somebody holds: its tail was cut off.
        case tailMissing = "tail-missing"
        /// The link has not the hash that somebody holds.
        case headDiffers = "head-differs"
        /// Retention has taken the link that somebody holds: a newer one must be held.
        case headTooOld = "head-too-old"
        /// The head's signature is not there, or not by this key over this head.
        case signature

        /// As a person reads it.
        public var text: String {
            switch self {
            case .linkChanged: "the link was changed"
            case .linkMissing: "links are missing"
            case .order: "the link and the next have changed places"
            case .linkBack: "a link is there that was removed"
            case .recordChanged: "the record was changed"
            case .recordMissing: "the record is missing"
            case .recordBack: "a record is there that was removed"
            case .recordUnlinked: "a record has no link"
            case .brokenBefore: "a link was broken when retention took it"
            case .tailMissing: "the tail of the chain was cut off"
            case .headDiffers: "the head that is held is not of this chain"
            case .headTooOld: "the head that is held is older than the chain reaches back"
            case .signature: "the head is not signed by this key"
            }
        }
    }

    public var problem: Problem
    /// The link; nil of a record that has none.
    public var seq: Int64?
    /// What it is about, as far as that can be read.
    public var kind: AuditLink.Kind?
    public var reference: Int64?
    /// What more there is to say.
    public var detail: String

    public init(
        _ problem: Problem, seq: Int64? = nil, kind: AuditLink.Kind? = nil,
        reference: Int64? = nil, detail: String = ""
    ) {
        self.problem = problem
        self.seq = seq
        self.kind = kind
        self.reference = reference
        self.detail = detail
    }
}

/// A head that somebody holds.
public struct HeldHead: Equatable, Sendable {
    /// nil where only the hash is known.
    public var seq: Int64?
    public var hash: [UInt8]

    public init(seq: Int64?, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }

    /// `SEQ:HASH` or `HASH`, which may begin with `sha256:`; nil of anything else.
    public init?(text: String) {
        var rest = text[...]
        var seq: Int64?
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1, let number = Int64(parts[0]), number > 0 {
            seq = number
            rest = text.dropFirst(parts[0].count + 1)
        }
        if rest.hasPrefix("sha256:") { rest = rest.dropFirst("sha256:".count) }
        guard let hash = Hexadecimal.bytes(String(rest)), hash.count == 32 else { return nil }
        self.init(seq: seq, hash: hash)
    }

    /// `SEQ:HASH`, or `HASH`.
    public var text: String {
        (seq.map { "\($0):" } ?? "") + Hexadecimal.text(of: hash)
    }
}

/// What a verification came to.
public struct AuditVerification: Equatable, Sendable {
    /// Broken links first, in their order, then records in theirs; the first is the one to look at.
    public internal(set) var findings: [AuditFinding] = []
    /// Findings beyond `Limits.auditFindingsMax`.
    public internal(set) var more = 0
    /// Links that were verified.
    public internal(set) var links = 0
    /// Of them, those whose record was verified, and those whose record a removal says is gone.
    public internal(set) var records = 0
    public internal(set) var removed = 0
    /// The first link that is there, and the newest.
    public internal(set) var first: Int64 = 0
    public internal(set) var head = AuditHead()
    /// Decisions up to this row are older than the chain, and no link is about them.
    public internal(set) var unlinkedThrough: Int64 = 0
    /// Decisions among those that are still there.
    public internal(set) var unlinked = 0

    public var isWhole: Bool { findings.isEmpty }

    /// The first broken link.
    public var broken: AuditFinding? { findings.first }

    mutating func add(_ finding: AuditFinding) {
        if findings.count < Limits.auditFindingsMax {
            findings.append(finding)
        } else {
            more += 1
        }
    }
}
