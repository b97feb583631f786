import Core
import Testing

@Suite("Hostile JSON")
struct HostileJSONTests {
    @Test("each document of the corpus is refused with its code", arguments: HostileJSON.texts)
    func refusing(_ text: String, _ code: JSONError.Code) {
        expect(code) { () throws(JSONError) in try JSONScanner.scan(Array(text.utf8)) }
    }

    @Test("ill-formed UTF-8 is refused at its first byte", arguments: HostileJSON.badUTF8)
    func badUTF8(_ bytes: [UInt8]) {
        let quote: [UInt8] = [0x22]
        for prefix in [[], Array("plain ".utf8), Array("é\\n".utf8)] {
            let document = quote + prefix + bytes + quote
            expect(.invalidUTF8, at: 1 + prefix.count) { () throws(JSONError) in
                try JSONScanner.scan(document)
            }
        }
        expect(.invalidUTF8) { () throws(JSONError) in
            try JSONScanner.scan(Array("{\"".utf8) + bytes + Array("\":1}".utf8))
        }
        expect(.malformed) { () throws(JSONError) in try JSONScanner.scan(bytes) }
    }

    @Test("a byte order mark is refused with a hint")
    func byteOrderMark() {
        do {
            _ = try JSONScanner.scan([0xEF, 0xBB, 0xBF] + Array("{}".utf8))
            Issue.record("it was accepted")
        } catch {
            #expect(error.message.contains("byte order mark"))
        }
        expect(.malformed) { () throws(JSONError) in try JSONScanner.scan([0xEF, 0xBB]) }
    }

    @Test("a document cut short anywhere is refused, never a crash")
    func truncation() throws {
        let whole = Array(#"{"a":[1,-2.5e3,true,false,null,"x\u00e9\n\ud83d\ude00é"],"b":{}}"#.utf8)
        _ = try JSONScanner.scan(whole)
        for count in 0..<whole.count {
            #expect(throws: JSONError.self) { try JSONScanner.scan(Array(whole[..<count])) }
        }
    }

    @Test("random damage is refused or read, and what is read is written back equal")
    func damage() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        let whole = Array(#"{"a":[1,-2.5e3,true,"x\u00e9\n\ud83d\ude00é"],"b":{"c":0.1}}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            }
            guard let value = try? JSONScanner.scan(bytes) else { continue }
            let again = try JSONScanner.scan(value.encoded())
            #expect(again == value, "seed \(seed)")
        }
    }
}
