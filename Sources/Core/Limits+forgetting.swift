/// Of forgetting an entity (decision 0020).
extension Limits {
    /// Events, or rows of another table, that one step of forgetting an entity looks at. It erases
    /// at most `forgetSliceRows` rows, or these events and `retentionSliceBytes` of them.
    public static let forgetSliceEvents = 2_000
    /// Records of what was forgotten that the store keeps, without the names.
    public static let forgettingsKept = 100
    /// Forgettings that are not done: a further one is refused until one of them is.
    public static let forgettingsPendingMax = 100
    /// How long until a step is tried again that waits for the broker, a reader or a checkpoint.
    public static let forgetRetryDelay: Duration = .milliseconds(250)
    /// Such tries for a reader at a store at rest; then the agent goes on at its next start.
    public static let forgetReaderTries = 40
    /// How often jameyctl looks how far the agent is.
    public static let forgetLookInterval: Duration = .milliseconds(50)
    /// How often it asks the API that.
    public static let forgetAskInterval: Duration = .milliseconds(250)
    /// How long it looks on while nothing happens; then it says so, and the agent goes on.
    public static let forgetPatience: Duration = .seconds(10)
    /// Bytes of a file that a search for a name holds at a time.
    public static let searchPieceBytes = 1 << 20
    /// How long the search for a name may take that is asked for by the API.
    public static let forgetSearchTimeMax: Duration = .seconds(20)
    /// One such search runs at a time: when it is worth while for another one to ask again.
    public static let searchRetryDelay: Duration = .seconds(5)
    /// Instructions of SQLite after which it is looked whether that is over.
    public static let searchLookInstructions: Int32 = 10_000
    /// Rows that it reads at a time.
    public static let searchSliceRows = 1_000
    /// Places in a piece of a file that it looks at before it is asked again whether that is over.
    public static let searchLookPlaces = 1_000
    /// Longer words in which the name stands that a search knows; of a store that has more, the
    /// further ones count as the name.
    public static let searchWordsMax = 1_000
    /// Bytes of such a word before the name, and behind it, that are looked at.
    public static let searchWordBytesMax = 64
    /// Hours or days that one step of an export reads.
    public static let exportSlicePeriods: Int64 = 1_024
    /// Bytes of the cursor of such an export by the API: it may have the name of a route.
    public static let exportCursorBytesMax = 4 << 10
}
