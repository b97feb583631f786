import Core

/// One link of the audit chain: a row of the table `audit` (docs/audit.md).
public struct AuditLink: Equatable, Sendable {
    /// What a link is about. The numbers are in the file and in the hashes: none is given twice.
    public enum Kind: Int64, Sendable, CaseIterable {
        /// The chain begins: what was there before has no links.
        case beginning = 1
        /// A verdict or an alert; `reference` is its row.
        case decision = 2
        /// A rule set took effect; `reference` is its row.
        case ruleset = 3
        /// A person changed what is believed of an entity; `reference` is the event.
        case trust = 4
        /// A person asked to forget something; `reference` is the event.
        case forgetting = 5
        /// The agent started with another configuration than before; the record is in the link.
        case configuration = 6
        /// Records that had links are gone, and why; the record is in the link.
        case removal = 7
        /// Who let a rule set take effect, how and why; `reference` is the row of the activation.
        case activation = 8
        /// Other credentials are in use than before; the record, without a secret, is in the link.
        case credential = 9
        /// Somebody came to the API, was refused, or changed something; the record is in the link.
        case access = 10
        /// An API key was made, rotated, revoked or removed; `reference` is the number of its id.
        /// The record, without a secret or the hash of one, is in the link.
        case key = 11
        /// A person acknowledged an alert; `reference` is the row.
        case acknowledgement = 12

        /// As a person writes it.
        public var name: String {
            switch self {
            case .beginning: "beginning"
            case .decision: "decision"
            case .ruleset: "ruleset"
            case .trust: "trust"
            case .forgetting: "forgetting"
            case .configuration: "configuration"
            case .removal: "removal"
            case .activation: "activation"
            case .credential: "credential"
            case .access: "access"
            case .key: "key"
            case .acknowledgement: "acknowledgement"
            }
        }

        /// Whether the record stands in the link itself.
        var keepsRecord: Bool {
            switch self {
            case .beginning, .configuration, .removal, .credential, .access, .key: true
            case .decision, .ruleset, .trust, .forgetting, .activation, .acknowledgement: false
            }
        }
    }

    /// Dense, from 1, never given twice.
    public var seq: Int64
    /// When what it is about happened, by the time of the log.
    public var at: Timestamp
    public var kind: Kind
    public var reference: Int64
    /// SHA-256 of the canonical record.
    public var digest: [UInt8]
    /// SHA-256 over the hash before and the link's own values.
    public var hash: [UInt8]
    /// JSON, of the kinds that keep it.
    public var record: String?

    public init(
        seq: Int64, at: Timestamp, kind: Kind, reference: Int64, digest: [UInt8], hash: [UInt8],
        record: String? = nil
    ) {
        self.seq = seq
        self.at = at
        self.kind = kind
        self.reference = reference
        self.digest = digest
        self.hash = hash
        self.record = record
    }
}
