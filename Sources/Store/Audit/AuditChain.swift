import Core

/// The newest link of the chain: what somebody else holds, to know later that none was cut off.
public struct AuditHead: Equatable, Sendable {
    /// 0 of a chain without a link.
    public var seq: Int64 = 0
    public var hash: [UInt8] = AuditEncoding.origin
    public var at = Timestamp(microseconds: 0)

    public init() {}

    public init(seq: Int64, hash: [UInt8], at: Timestamp) {
        self.seq = seq
        self.hash = hash
        self.at = at
    }
}

/// The end of the chain as the writer knows it, within a transaction and after it.
struct AuditChain {
    struct Place {
        var head = AuditHead()
        var anchor = AuditAnchor()
        /// When retention last said that decisions, or links about access, are gone; nil in this
        /// run.
        var lastRemoval: Timestamp?
    }

    private(set) var place: Place
    private var committed: Place
    private var isChanged = false

    init(_ place: Place = Place()) {
        self.place = place
        committed = place
    }

    mutating func change(_ body: (inout Place) -> Void) {
        body(&place)
        isChanged = true
    }

    /// The transaction was committed.
    mutating func keep() {
        guard isChanged else { return }
        committed = place
        isChanged = false
    }

    /// Nothing of the transaction happened.
    mutating func rollBack() {
        guard isChanged else { return }
        place = committed
        isChanged = false
    }
}
