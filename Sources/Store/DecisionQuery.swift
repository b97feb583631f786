import Core

/// Which decisions to read.
public struct DecisionQuery: Equatable, Sendable {
    /// Only rows after this one: how a follower asks for what is new.
    public var afterRow: Int64?
    public var id: String?
    public var kind: Decision.Kind?
    public var entity: String?
    public var isNewestFirst: Bool
    /// Rows at most, 1...; they are in memory together.
    public var limit: Int

    public init(
        afterRow: Int64? = nil, id: String? = nil, kind: Decision.Kind? = nil,
        entity: String? = nil, isNewestFirst: Bool = true, limit: Int = 50
    ) {
        self.afterRow = afterRow
        self.id = id
        self.kind = kind
        self.entity = entity
        self.isNewestFirst = isNewestFirst
        self.limit = limit
    }
}

/// A decision and its place among all: rows rise in the order of deciding, and none is
/// given twice in the life of a file.
public struct StoredDecision: Equatable, Sendable {
    public var row: Int64
    public var decision: Decision

    public init(row: Int64, decision: Decision) {
        self.row = row
        self.decision = decision
    }
}
