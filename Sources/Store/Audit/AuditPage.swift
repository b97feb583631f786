import Core

/// Which links of the audit chain a list shows, the newest first; all conditions must hold.
public struct AuditList: Equatable, Sendable {
    public var kind: AuditLink.Kind?
    /// From then on.
    public var since: Timestamp?
    /// Only links before this one: where the page before ended.
    public var beforeSeq: Int64?
    /// 1...; they are in memory together.
    public var limit: Int

    public init(
        kind: AuditLink.Kind? = nil, since: Timestamp? = nil, beforeSeq: Int64? = nil,
        limit: Int = 50
    ) {
        self.kind = kind
        self.since = since
        self.beforeSeq = beforeSeq
        self.limit = limit
    }
}

/// A page of a list of links.
public struct AuditPage: Equatable, Sendable {
    public var links: [AuditLink] = []
    /// `AuditList.beforeSeq` of the next page; nil where there is none.
    public var next: Int64?
}
