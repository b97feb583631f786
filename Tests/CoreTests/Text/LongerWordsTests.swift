import Core
import Testing

@Suite("A name, and the longer words in which it stands")
struct LongerWordsTests {
    private let forms = EntityForms("press-7")

    private func words(of texts: String...) -> LongerWords {
        var words = LongerWords()
        for text in texts { words.add(forms, in: Array(text.utf8)) }
        return words
    }

    @Test(
        "in a text the name counts where no part of a name stands beside it",
        arguments: [
            "press-7", "plant/press-7/telemetry", #"{"id":"press-7"}"#, "it is press-7.",
            "press-7: hot", "(press-7)", "_press-7_", "press-7 - hot", "“press-7”", "泵press-7坏了",
            "press-71, press-7", #"{"note":"broken:\npress-7"}"#, #"caf\u00e9press-7"#,
            "at%20press-7", "press-7\tpress-71", "line-1:press-7",
        ])
    func named(_ text: String) {
        #expect(forms.isNamed(in: Array(text.utf8), besides: LongerWords()))
    }

    @Test(
        "in a text the name does not count where it is a part of another",
        arguments: [
            "press-71", "a-press-7", "press-7.2", "press-7-b", "press-7_b", "xpress-7", "a.press-7",
            "plant/press-71/telemetry", #"{"id":"press-7b"}"#, "press-7é", "épress-7",
            "press-7\u{301}", "press-7٣", #"{"note":"\tpress-71"}"#,
        ])
    func notNamed(_ text: String) {
        #expect(!forms.isNamed(in: Array(text.utf8), besides: LongerWords()))
        #expect(!words(of: text).isEmpty)
        #expect(words(of: "press-8", "press-", "", "press-7").isEmpty)
    }

    @Test("every form of a name has words of its own")
    func everyForm() {
        let forms = EntityForms("a b")
        for (text, isNamed) in [
            ("a b", true), ("ha b", false), ("t/a%20b/x", true), ("t/a%20b2/x", false),
            ("l1 e612062", true), ("l1 e61206233", false),
        ] {
            #expect(
                forms.isNamed(in: Array(text.utf8), besides: LongerWords()) == isNamed, "\(text)")
        }
        #expect(EntityForms("1").isNamed(in: Array(#"{"v":1}"#.utf8), besides: LongerWords()))
        #expect(!EntityForms("1").isNamed(in: Array("71 1.5".utf8), besides: LongerWords()))
    }

    @Test("in bytes that are no text it counts but where a word stands that a text has")
    func binary() {
        let known = words(of: "press-71 and a-press-7 beside press-7")
        for (text, isNamed) in [
            ("press-71", false), ("a-press-7", false), ("press-7", true), ("press-72", true),
            // The columns of a row stand one behind the other, lengths before texts.
            ("heardpress-7overheat", true), ("heardpress-71overheat", false), ("gpress-7", true),
        ] {
            let bytes: [UInt8] = [0] + Array(text.utf8) + [0xff]
            #expect(forms.isNamed(in: bytes, besides: known) == isNamed, "\(text)")
        }
        var none = LongerWords()
        none.add(forms, in: [0] + Array("press-71".utf8))
        #expect(none.isEmpty)
    }

    @Test("so many words are known; what stands in further ones counts as the name")
    func bound() {
        var words = LongerWords()
        for number in 0..<(Limits.searchWordsMax + 10) {
            words.add(forms, in: Array("press-7x\(number)y".utf8))
        }
        func isNamed(_ number: Int) -> Bool {
            forms.isNamed(in: [0] + Array("press-7x\(number)y".utf8), besides: words)
        }
        #expect(!isNamed(0) && !isNamed(Limits.searchWordsMax - 1))
        #expect(isNamed(Limits.searchWordsMax))
        let long = String(repeating: "x", count: 10_000)
        let near = self.words(of: long + "press-7" + long)
        #expect(near.bytesBefore == Limits.searchWordBytesMax)
        #expect(near.bytesBehind == Limits.searchWordBytesMax)
    }
}
