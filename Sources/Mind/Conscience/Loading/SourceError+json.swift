import Core

extension SourceError {
    /// `{"file","line","column","message","hint"?,"source"?,"source_column"?}`
    ///
    /// `source` is the line that it is in, or the part around it, which then begins with the column
    /// `source_column`.
    public func write(to json: inout JSONWriter) {
        json.member("file", file)
        json.member("line", position.line)
        json.member("column", position.column)
        json.member("message", message)
        json.member("hint", ifPresent: hint)
        guard let excerpt else { return }
        json.member("source", excerpt.text)
        if excerpt.column > 1 { json.member("source_column", excerpt.column) }
    }
}
