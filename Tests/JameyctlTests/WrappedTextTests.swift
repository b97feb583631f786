import Core
import TestSupport
import Testing

@testable import jameyctl

@Suite("Lines that fit")
struct WrappedTextTests {
    @Test("a line that fits stays as it is, its spaces too")
    func short() {
        for text in ["", "a", "  a   b  ", String(repeating: "x", count: 20)] {
            #expect(text.wrapped(to: 20) == [text])
        }
    }

    @Test("a longer one is broken at spaces, and goes on further in than it began")
    func broken() {
        #expect(
            "  one two three four".wrapped(to: 12) == ["  one two", "    three", "    four"])
        // The space right behind the last column.
        #expect("one two three".wrapped(to: 7) == ["one two", "  three"])
        #expect("one   two three".wrapped(to: 8) == ["one", "  two", "  three"])
    }

    @Test("a word that is longer than a line is broken anywhere, and not parted from its name")
    func words() {
        let text = "name      " + String(repeating: "x", count: 20)
        let lines = ["name      xxxxxxxxxxxxxx", "          xxxxxx"]
        #expect(text.wrapped(to: 24, hanging: 10) == lines)
    }

    @Test("what is deep inside still has half of the line")
    func deep() {
        let lines = (String(repeating: " ", count: 100) + "deep down").wrapped(to: 20)
        #expect(lines == [String(repeating: " ", count: 10) + "deep down"])
    }

    @Test("wide letters take two columns, and a word of them is broken before the one without room")
    func wide() {
        #expect("東京 工場 x".wrapped(to: 10) == ["東京 工場", "  x"])
        #expect("東京工場東京".wrapped(to: 7, hanging: 2) == ["東京工", "  場東", "  京"])
        #expect(
            "名前  東京工場東京".wrapped(to: 12, hanging: 6)
                == ["名前  東京工", "      場東京"])
    }

    @Test("nothing is lost, and no line is too long")
    func anything() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...200, using: &generator)
            let text = String(
                (0..<count).map { _ in "ab →東🔥  ".randomElement(using: &generator) ?? "a" })
            let columns = Int.random(in: 8...60, using: &generator)
            let hanging = Bool.random(using: &generator) ? nil : 5
            let lines = text.wrapped(to: columns, hanging: hanging)
            #expect(
                lines.joined().filter { $0 != " " } == text.filter { $0 != " " },
                "\(text), seed \(seed)")
            #expect(
                lines.allSatisfy { $0.terminalColumns <= columns },
                "\(columns) columns: \(lines), seed \(seed)")
        }
    }
}
