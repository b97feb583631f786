import Core

/// Which decisions a list shows, the newest first; all conditions must hold.
public struct DecisionList: Equatable, Sendable {
    public var kind: Decision.Kind?
    public var entity: String?
    public var route: String?
    /// Of verdicts the approved, of alerts those that fire; false for the others.
    public var isPositive: Bool?
    /// From then on.
    public var since: Timestamp?
    /// Before then.
    public var until: Timestamp?
    /// Only rows before this one: where the page before ended.
    public var beforeRow: Int64?
    /// 1...; they are in memory together.
    public var limit: Int

    public init(
        kind: Decision.Kind? = nil, entity: String? = nil, route: String? = nil,
        isPositive: Bool? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        beforeRow: Int64? = nil, limit: Int = 50
    ) {
        self.kind = kind
        self.entity = entity
        self.route = route
        self.isPositive = isPositive
        self.since = since
        self.until = until
        self.beforeRow = beforeRow
        self.limit = limit
    }
}

/// A page of a list of decisions.
public struct DecisionPage: Equatable, Sendable {
    public var decisions: [StoredDecision] = []
    /// `DecisionList.beforeRow` of the next page; nil where there is none.
    public var next: Int64?
}
