/// Whether the client of a connection takes its answers fast enough: a pure value.
struct AnswerPace: Equatable, Sendable {
    /// Bytes that waited when it was asked last.
    private var left = 0
    /// Bytes that came to them.
    private var added = 0

    /// Begins anew.
    /// - Parameter left: bytes that wait.
    mutating func begin(_ left: Int) {
        self.left = left
        added = 0
    }

    mutating func add(_ bytes: Int) { added += bytes }

    /// Takes what was taken since the beginning, or since this was asked last.
    /// - Parameter left: bytes that wait now.
    mutating func taken(_ left: Int) -> Int {
        let taken = self.left + added - left
        begin(left)
        return taken
    }
}
