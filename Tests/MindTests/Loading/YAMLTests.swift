import Core
import Testing

@testable import Mind

@Suite("Reading YAML with its places")
struct LoadingYAMLTests {
    private func errors(_ text: String) -> [String] {
        let log = SourceLog(file: "f", text: text)
        _ = YAMLNode.compose(log)
        return log.errors.map { "\($0.position.line):\($0.position.column) \($0.message)" }
    }

    @Test(
        "a document without contents is empty and no error",
        arguments: ["", "# x\n", "---\n", "~"])
    func empty(text: String) {
        let log = SourceLog(file: "f", text: text)
        #expect(YAMLNode.compose(log) == nil)
        #expect(log.errors.isEmpty)
    }

    @Test("anchors are refused where they stand, and never followed")
    func anchors() {
        let refusal = "anchors and aliases are not used in these files"
        #expect(errors("a: &x 1\nb: *x\n").first == "1:4 \(refusal)")
    }

    @Test("a document that grows by aliases is refused before it is parsed")
    func bomb() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        // As a key it would be hashed by the parser itself.
        text += "? *a40\n: 1\n"
        #expect(errors(text) == ["1:5 anchors and aliases are not used in these files"])
    }

    @Test("CEL's && and * in a block are no anchors")
    func operators() throws {
        let line = "  && a *b * c\n"
        let log = SourceLog(
            file: "f", text: "when: |\n  true\n" + String(repeating: line, count: 40))
        #expect(YAMLNode.compose(log) != nil)
        #expect(log.errors.isEmpty)
    }

    @Test("tags, composite keys, and a second document are refused")
    func refusals() {
        #expect(errors("a: !!int 1") == ["1:4 tags are not used in these files"])
        #expect(errors("a: !x [1]") == ["1:4 tags are not used in these files"])
        #expect(errors("a: !x {b: 1}") == ["1:4 tags are not used in these files"])
        #expect(errors("? [a]\n: 1") == ["1:3 a key must be a name"])
        let second = errors("a: 1\n---\nb: 2\n")
        #expect(second.count == 1)
        #expect(second[0].hasPrefix("2:1 YAML: expected a single document"), "\(second)")
    }

    @Test("a key that stands twice is refused")
    func duplicates() {
        #expect(errors("a: 1\nb: 2\na: 3\n") == ["1:1 more than one key 'a' in this mapping"])
        #expect(errors("a: 1\n'a': 3\n").count == 1)
    }

    @Test("syntax errors have line and column, and a tab is named as such")
    func syntax() throws {
        #expect(errors("a: [1, 2\nb: 3\n").first?.hasPrefix("2:2 YAML: ") == true)
        let log = SourceLog(file: "f", text: "a:\n\tb: 1\n")
        _ = YAMLNode.compose(log)
        let error = try #require(log.errors.first)
        #expect(error.position == FilePosition(line: 2, column: 1))
        #expect(error.hint == "indent with spaces, not tabs")
    }

    @Test("a control character is told at its place")
    func controlCharacter() {
        let found = errors("a: b\nc: d\u{1}e\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("2:5 YAML: ") == true, "\(found)")
    }

    @Test("depth and number of nodes are bounded")
    func bounds() {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(errors(deep) == ["1:18 nested deeper than 16 levels"])
        let parserDeep = String(repeating: "[", count: 100_000)
        #expect(errors(parserDeep).count == 1)
        let nearlyTooDeep = String(repeating: "[", count: 990) + String(repeating: "]", count: 990)
        #expect(errors(nearlyTooDeep).count == 1)
    }

    @Test("errors are counted up to a bound, and the last one says so")
    func tooManyErrors() throws {
        let log = SourceLog(file: "f", text: "")
        for _ in 0..<1_000 { log.report("x", at: .start) }
        #expect(log.errors.count == Limits.sourceErrorsMax)
        #expect(log.errors.last?.message == "too many errors; the rest of this file is not shown")
    }

    @Test("lines are counted as libYAML counts them")
    func lineEnds() {
        for end in ["\n", "\r\n", "\r", "\u{85}", "\u{2028}"] {
            let log = SourceLog(file: "f", text: "a: 1\(end)b: 2\(end)c: [\(end)")
            _ = YAMLNode.compose(log)
            #expect(log.errors.first?.position.line ?? 0 >= 3, "\(log.errors)")
            #expect(log.line(2).map { String($0) } == "b: 2")
        }
    }
}

@Suite("How an error is shown")
struct SourceErrorTests {
    @Test("headline, hint, line and caret")
    func rendering() {
        let error = SourceError(
            file: "20-press.yaml", position: FilePosition(line: 14, column: 5),
            message: "unknown key 'weigth'", hint: "did you mean 'weight'?",
            sourceLine: "    weigth: 10")
        #expect(
            error.description == """
                20-press.yaml:14:5: error: unknown key 'weigth' (did you mean 'weight'?)
                        weigth: 10
                        ^
                """)
    }

    @Test("a tab before the place stays a tab, control characters never reach a terminal")
    func control() {
        let error = SourceError(
            file: "f", position: FilePosition(line: 1, column: 3), message: "m\u{1B}[2J",
            sourceLine: "\tx\u{1B}y")
        #expect(error.description == "f:1:3: error: m\u{FFFD}[2J\n    \tx\u{FFFD}y\n    \t ^")
    }

    @Test("of a long line, the part around the place is shown")
    func longLine() {
        let line = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let error = SourceError(
            file: "f", position: FilePosition(line: 1, column: 501), message: "m",
            sourceLine: line)
        let rows = error.description.split(separator: "\n").map(Array.init)
        #expect(rows.count == 3)
        #expect(rows[1].count < 110)
        let caret = rows[2].firstIndex(of: "^") ?? 0
        #expect(rows[1][caret] == "X")
    }

    @Test("a place behind the line's end is shown at its end")
    func behindTheEnd() {
        let error = SourceError(
            file: "f", position: FilePosition(line: 1, column: 99), message: "m", sourceLine: "ab")
        #expect(error.description == "f:1:99: error: m\n    ab\n      ^")
    }

    @Test("of a line that is a whole file, each error keeps the part around its place")
    func keptPart() throws {
        let line = String(repeating: "é", count: 1 << 16)
        let log = SourceLog(file: "f", text: line)
        for column in [1, 30, 1_000, line.unicodeScalars.count, 1 << 20] {
            log.report("m", at: FilePosition(line: 1, column: column))
        }
        let excerpts = log.errors.compactMap(\.excerpt)
        let most = Limits.sourceColumnsMax
        #expect(excerpts.map(\.text.unicodeScalars.count) == Array(repeating: most, count: 5))
        let end = (1 << 16) - most + 1
        #expect(excerpts.map(\.column) == [1, 1, 1_000 - most / 2, end, end])
        #expect(excerpts.map(\.isCut) == [true, true, true, false, false])
        let json = JSONWriter.object { log.errors[2].write(to: &$0) }
        let told = try JSONScanner.scan(json)
        #expect(told["source"]?.string?.unicodeScalars.count == most)
        #expect(told["source_column"]?.int == Int64(1_000 - most / 2))
        #expect(told["column"]?.int == 1_000)
        let first = try JSONScanner.scan(JSONWriter.object { log.errors[0].write(to: &$0) })
        #expect(first["source_column"] == nil && first["source"] != nil)
    }

    @Test("what quotes a name as long as the file is cut")
    func longMessages() {
        let name = String(repeating: "x", count: 1 << 16)
        let log = SourceLog(file: "f", text: "? \(name)\n: 1\n")
        _ = YAMLValue(document: log)?.mapping(keys: ["rules"])
        log.report("m", hint: name, at: .start)
        #expect(log.errors.count == 2)
        for error in log.errors {
            #expect(error.message.utf8.count <= Limits.sourceMessageBytesMax + "…".utf8.count)
            let hint = error.hint?.utf8.count ?? 0
            #expect(hint <= Limits.sourceMessageBytesMax + "…".utf8.count)
        }
    }
}
