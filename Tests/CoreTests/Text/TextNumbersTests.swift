import Core
import Testing

@Suite("Numbers of texts")
struct TextNumbersTests {
    @Test("a text has one number until it is removed, whatever else comes and goes")
    func dictionary() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        var numbers = TextNumbers()
        var expected: [String: Int] = [:]
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...20, using: &random)
            let text =
                String(Int.random(in: 0..<400, using: &random))
                + String(repeating: "é", count: length % 3 == 0 ? length : 0)
            if Bool.random(using: &random) {
                #expect(numbers.remove(text) == expected.removeValue(forKey: text), "seed \(seed)")
            } else if let number = numbers.number(of: text) {
                #expect(number == expected[text], "seed \(seed)")
            } else {
                #expect(expected[text] == nil, "seed \(seed)")
                let number = numbers.add(text)
                #expect(!expected.values.contains(number), "seed \(seed)")
                expected[text] = number
            }
            #expect(numbers.count == expected.count)
        }
        for (text, number) in expected {
            #expect(numbers.number(of: text) == number)
            #expect(numbers.text(number) == text)
        }
        #expect(expected.values.allSatisfy { $0 < 4 * 400 })
    }

    @Test("texts that look alike have numbers of their own")
    func exact() {
        var numbers = TextNumbers()
        let texts = ["", "\u{E9}", "e\u{301}", "plant/a", "plant/a ", "plant/line-1/press-1/x"]
        for (number, text) in texts.enumerated() { #expect(numbers.add(text) == number) }
        for (number, text) in texts.enumerated() { #expect(numbers.number(of: text) == number) }
        #expect(Array("plant/b".utf8).withUnsafeBytes { numbers.number(of: $0) } == nil)
        #expect(Array("plant/a".utf8).withUnsafeBytes { numbers.number(of: $0) } == 3)
    }
}
