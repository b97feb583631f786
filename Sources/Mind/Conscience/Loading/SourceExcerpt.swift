import Core

/// The part of a line that is kept with an error in it: the line may be the whole file, and a file
/// has many errors.
public struct SourceExcerpt: Equatable, Sendable {
    /// Up to `Limits.sourceColumnsMax` columns.
    public let text: String
    /// The column with which it begins, from 1.
    public let column: Int
    /// Whether the line goes on behind it.
    public let isCut: Bool

    /// - Parameters:
    ///   - line: without its end.
    ///   - column: of the place that is to be among what is kept, from 1; one behind the line's end
    ///     counts as that.
    init<Line: BidirectionalCollection<Unicode.Scalar>>(of line: Line, at column: Int) {
        let most = Limits.sourceColumnsMax
        let wanted = max(column - 1, 0)
        let found = line.index(line.startIndex, offsetBy: wanted, limitedBy: line.endIndex)
        let place = found ?? line.endIndex
        let offset = found == nil ? line.count : wanted
        // Half of them before the place; where fewer come behind it, more before it.
        let behind = line[place...].prefix(most).count
        let before = min(offset, max(most / 2, most - behind))
        let first = line.index(place, offsetBy: -before)
        let kept = line[first...].prefix(most)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: kept)
        self.text = String(text)
        self.column = offset - before + 1
        isCut = kept.endIndex < line.endIndex
    }
}
