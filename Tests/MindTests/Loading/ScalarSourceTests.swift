import Testing

@testable import Mind

@Suite("Where a character of a value stands in its file")
struct LoadingScalarSourceTests {
    /// The place of the first `$` in the value of the key `v`, as `line:column`.
    private func place(_ text: String) throws -> String {
        let log = SourceLog(file: "f", text: text)
        let root = try #require(YAMLNode.compose(log))
        guard case .mapping(let entries) = root.content,
            let node = entries.first(where: { $0.key == "v" })?.value,
            case .scalar(let value, _) = node.content
        else {
            Issue.record("no scalar")
            return ""
        }
        let scalars = Array(value.unicodeScalars)
        let offset = try #require(scalars.firstIndex(of: "$"))
        let position = ScalarSource(node, in: log).position(ofScalar: offset)
        return "\(position.line):\(position.column)"
    }

    @Test(
        "it is found in every style",
        arguments: [
            ("v: a $b", "1:6"),
            ("v: 'a $b'", "1:7"),
            ("v: 'it''s $b'", "1:11"),
            (#"v: "a\"\t\u00e9 $b""#, "1:17"),
            (#"v: "\x41\U0001F600$""#, "1:19"),
            ("v: é😀 $b", "1:7"),
            ("v: a\n  b\n  $c", "3:3"),
            ("v: a\n\n\n  b $c", "4:5"),
            ("v: 'a\n  b ''\n\n  $c'", "4:3"),
            ("v: \"a \n  b $c\"", "2:5"),
            ("v: |\n  a\n  b $c", "3:5"),
            ("v: |\n\n  a\n\n    $c\n  d", "5:5"),
            ("v: |-\n    a\n    b $c\n", "3:7"),
            ("v: >\n  a\n  b $c\n", "3:5"),
            ("v: >-\n  a\n\n  b\n  $c\n", "5:3"),
            ("x: 1\nv: $", "2:4"),
        ])
    func styles(text: String, expected: String) throws {
        #expect(try place(text) == expected)
    }

    @Test("the place behind the last character is known, and beyond it the line's end")
    func end() throws {
        let log = SourceLog(file: "f", text: "v: 'ab'")
        let root = try #require(YAMLNode.compose(log))
        guard case .mapping(let entries) = root.content else { return }
        let source = ScalarSource(entries[0].value, in: log)
        #expect(source.position(ofScalar: 2) == FilePosition(line: 1, column: 7))
        #expect(source.position(ofScalar: 99).line == 1)
    }

    @Test("a text that cannot be followed is told where it begins")
    func lost() throws {
        #expect(try place("v: \"a\\\n  b $c\"") == "1:4")
    }
}
