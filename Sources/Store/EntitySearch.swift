import Core

/// What a search of a store's files for an entity's name has come to.
public struct EntitySearch: Sendable {
    /// How often it stands there; what is a part of another name, as press-7 of press-71, is none
    /// of its.
    public var hits: Int
    public var files: Int
    public var bytesRead: Int
    /// Rows that are not about it and name it, by table.
    public var mentions: [(table: String, rows: Int)]

    public init(hits: Int, files: Int, bytesRead: Int, mentions: [(table: String, rows: Int)]) {
        self.hits = hits
        self.files = files
        self.bytesRead = bytesRead
        self.mentions = mentions
    }

    /// Searches the files, and the rows only where something was found.
    ///
    /// - Parameters:
    ///   - search: reads the files from their beginnings to their ends.
    ///   - mentions: reads the rows.
    /// - Throws: what these throw.
    public init<Failure: Error>(
        for forms: EntityForms, search: (FileSearch) throws(Failure) -> FileSearch,
        mentions: () throws(Failure) -> EntityMentions
    ) throws(Failure) {
        var searched = try search(FileSearch(forms.all))
        var found = EntityMentions()
        if searched.hits > 0 {
            found = try mentions()
            if !found.words.isEmpty {
                searched = try search(FileSearch(forms.all, besides: found.words))
            }
        }
        self.init(
            hits: searched.hits, files: searched.files, bytesRead: searched.bytesRead,
            mentions: found.tables)
    }
}
