import Core

/// Which roll-ups to find.
public struct RollUpQuery: Equatable, Sendable {
    public var entity: String
    /// nil for every route.
    public var route: String?
    public var resolution: Resolution
    /// Periods of the resolution, both included.
    public var first: Int64
    public var last: Int64

    public init(
        entity: String, route: String? = nil, resolution: Resolution, first: Int64, last: Int64
    ) {
        self.entity = entity
        self.route = route
        self.resolution = resolution
        self.first = first
        self.last = last
    }
}

/// How many roll-ups there are, and from when.
public struct RollUpCounts: Equatable, Sendable {
    public struct Table: Equatable, Sendable {
        public var resolution: Resolution
        public var count: Int
        /// When the oldest and the newest period begin; nil where there is none.
        public var oldest: Timestamp?
        public var newest: Timestamp?
    }

    public var tables: [Table] = []
    /// Minutes that are not in their hour yet.
    public var waiting = 0
}
