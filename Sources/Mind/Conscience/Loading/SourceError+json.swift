import Core

extension SourceError {
    /// `{"file","line","column","message","hint"?,"source"?}`; `source` is the line that it is in.
    public func write(to json: inout JSONWriter) {
        json.member("file", file)
        json.member("line", position.line)
        json.member("column", position.column)
        json.member("message", message)
        json.member("hint", ifPresent: hint)
        json.member("source", ifPresent: sourceLine)
    }
}
