/// How far one look at what is kept about an entity has come.
public struct ExportLook: Equatable, Sendable {
    /// Rows that were looked at, those of others among them.
    public var looked: Int
    /// The number of the last of them; nil where nothing is behind it.
    public var last: Int64?

    public init(looked: Int, last: Int64? = nil) {
        self.looked = looked
        self.last = last
    }
}
