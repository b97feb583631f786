import Core
import Testing

/// The scanner looks at eight bytes at once and keeps the memory of the last document: what is at
/// which place, and what was there before, must make no difference.
@Suite("Places in JSON")
struct JSONPlacesTests {
    private func scan(_ text: String) throws(JSONError) -> JSONValue {
        try JSONScanner.scan(Array(text.utf8))
    }

    @Test("what ends or interrupts a text is found at every place of it", arguments: 0..<20)
    func stops(place: Int) throws {
        let before = String("abcdefghijklmnopqrst".prefix(place))
        for after in ["", "u", "uvwxyz0123456789"] {
            #expect(try scan("\"\(before)\(after)\"").string == before + after)
            for (written, read) in [("\\n", "\n"), ("\\u00e9", "é"), ("é", "é"), ("😀", "😀")] {
                let text = before + written + after
                #expect(try scan("\"\(text)\"").string == before + read + after)
                #expect(try scan("{\"\(text)\":1}")[before + read + after] == .number(.int(1)))
            }
            for control in ["\u{0}", "\u{1}", "\u{1f}", "\n"] {
                expect(.malformed, at: place + 1) { () throws(JSONError) in
                    try scan("\"\(before)\(control)\(after)\"")
                }
                expect(.malformed, at: place + 2) { () throws(JSONError) in
                    try scan("{\"\(before)\(control)\(after)\":1}")
                }
            }
            expect(.malformed, at: 0) { () throws(JSONError) in try scan("\"\(before)\(after)") }
            expect(.invalidUTF8, at: place + 1) { () throws(JSONError) in
                try JSONScanner.scan(Array("\"\(before)".utf8) + [0xFF] + Array("\(after)\"".utf8))
            }
        }
    }

    @Test("names are told apart by one byte at any place", arguments: [1, 7, 8, 9, 15, 16, 17, 30])
    func names(length: Int) throws {
        let name = String(repeating: "n", count: length)
        for place in 0..<length {
            let other = name.prefix(place) + "m" + name.dropFirst(place + 1)
            let value = try scan("{\"\(name)\":1,\"\(other)\":2}")
            #expect(value[name]?.int == 1)
            #expect(value[String(other)]?.int == 2)
            let offset = 2 * length + 11
            expect(.duplicateKey, at: offset) { () throws(JSONError) in
                try scan("{\"\(name)\":1,\"\(other)\":2,\"\(name)\":3}")
            }
        }
    }

    @Test("objects with many names stand in one another, each with its own")
    func nested() throws {
        func object(_ value: (Int) -> String) -> String {
            "{" + (0..<150).map { "\"n\($0)\":\(value($0))" }.joined(separator: ",") + "}"
        }
        let inner = object { "\($0)" }
        let outer = object { [3, 64, 65, 149].contains($0) ? inner : "[{\"n\($0)\":0}]" }
        let value = try scan(outer)
        #expect(value["n65"]?["n149"]?.int == 149)
        #expect(value.object?.members.count == 150)
        for twice in ["n0", "n64", "n149"] {
            expect(.duplicateKey, at: outer.utf8.count) { () throws(JSONError) in
                try scan(outer.dropLast() + ",\"\(twice)\":1}")
            }
        }
    }

    @Test("names that are alike at both ends are read in linear time", .timeLimit(.minutes(1)))
    func alike() throws {
        let members = (100_000..<100_000 + Limits.jsonElementsMax).map {
            "\"same_start_\($0)_same_end\":0"
        }
        let text = members.joined(separator: ",")
        #expect(try scan("{\(text)}").object?.members.count == Limits.jsonElementsMax)
    }

    @Test("a tape tells nothing of the documents before")
    func reuse() throws {
        let texts = [
            "[]", #"{"a":"x\ty","b":[1,2,{"c":"\u00e9"}]}"#, "1", #""\n""#,
            "[" + repeatElement(#"{"name":"text"}"#, count: 200).joined(separator: ",") + "]",
            #"{"z":"text without escapes"}"#, "{\"open", "[[[[1]]]", "{}",
        ]
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        var tape = JSONTape()
        for _ in 0..<500 {
            let bytes = Array(texts[Int.random(in: 0..<texts.count, using: &random)].utf8)
            let fresh = try? JSONScanner.scan(bytes)
            guard let document = try? JSONDocument(bytes, reusing: &tape) else {
                #expect(fresh == nil, "seed \(seed)")
                continue
            }
            #expect(document.value == fresh, "seed \(seed)")
            #expect(document.withView { $0.value(of: 0) } == fresh, "seed \(seed)")
            tape = document.recycled()
        }
    }
}
