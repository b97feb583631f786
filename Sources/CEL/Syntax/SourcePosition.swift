/// A place in an expression's text.
public struct SourcePosition: Hashable, Sendable {
    /// From 1; a line ends at LF.
    public let line: Int
    /// From 1, in Unicode code points.
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of a byte of UTF-8; beyond the end it is the end.
    init(offset: Int, in bytes: some Sequence<UInt8>) {
        var line = 1
        var column = 1
        for (index, byte) in bytes.enumerated() {
            if index >= offset { break }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}

extension SourcePosition: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}
