import Core
import Testing

@testable import API

@Suite("An API key as its holder has it")
struct APIKeyTokenTests {
    @Test("a key has the promised form and is read back as the same key")
    func form() throws {
        let token = APIKeyToken.make()
        let text = token.revealed
        #expect(text.hasPrefix("jamey_" + token.id + "_"))
        #expect(text.utf8.count == 62, "\(text.utf8.count) bytes")
        #expect(StoredKey.number(of: token.id) != nil, "the store does not take \(token.id)")
        let read = try #require(APIKeyToken(text))
        #expect(read.id == token.id && read.hash == token.hash)
        #expect(token.hash.count == 32)
    }

    @Test("no two keys are alike, and a new secret keeps the id")
    func random() {
        let tokens = (0..<1_000).map { _ in APIKeyToken.make() }
        #expect(Set(tokens.map(\.id)).count == 1_000)
        #expect(Set(tokens.map(\.hash)).count == 1_000)
        let rotated = APIKeyToken.make(id: tokens[0].id)
        #expect(rotated.id == tokens[0].id && rotated.hash != tokens[0].hash)
    }

    @Test("every bit of a secret is random")
    func everyBit() throws {
        // A bit that never changes in 200 keys would be so by chance once in 2^192.
        var ones = [Int](repeating: 0, count: 256)
        for _ in 0..<200 {
            let digits = Array(APIKeyToken.make().revealed.utf8.suffix(43))
            let secret = try #require(Base64URL.decode(digits))
            for bit in 0..<256 where secret[bit / 8] >> (7 - bit % 8) & 1 == 1 { ones[bit] += 1 }
        }
        #expect(ones.allSatisfy { $0 > 0 && $0 < 200 }, "\(ones)")
    }

    @Test(
        "what is no key by its form is none",
        arguments: [
            "", "jamey_", "jamey__", "jamey_0123456789ab",
            "jamey_0123456789ab_" + String(repeating: "A", count: 42),
            "jamey_0123456789ab_" + String(repeating: "A", count: 44),
            "jamey_0123456789AB_" + String(repeating: "A", count: 43),
            "jamey_0123456789ag_" + String(repeating: "A", count: 43),
            "JAMEY_0123456789ab_" + String(repeating: "A", count: 43),
            "jamey_0123456789ab-" + String(repeating: "A", count: 43),
            // Bits behind the 256th that are not zero would be a second spelling.
            "jamey_0123456789ab_" + String(repeating: "A", count: 42) + "B",
            "jamey_0123456789ab_" + String(repeating: "A", count: 42) + "=",
            "jamey_0123456789ab_" + String(repeating: "A", count: 42) + "+",
            "jamey_0123456789ab_" + String(repeating: "é", count: 21) + "A",
        ])
    func noKey(_ text: String) {
        #expect(APIKeyToken(text) == nil)
    }

    @Test("no printed form of a key has its secret")
    func redacted() {
        let token = APIKeyToken.make()
        let secret = String(token.revealed.suffix(43))
        var dumped = ""
        dump(token, to: &dumped)
        let hash = Hexadecimal.text(of: token.hash)
        for text in ["\(token)", String(reflecting: token), dumped, "\([token])"] {
            #expect(!text.contains(secret) && !text.contains(hash), "\(text)")
        }
    }
}

@Suite("Comparing in constant time")
struct ConstantTimeTests {
    @Test("equal bytes are equal, one other bit anywhere is another text")
    func everyBit() {
        let bytes = (0..<32).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        #expect(ConstantTime.areEqual(bytes, bytes.map { $0 }))
        for bit in 0..<256 {
            var other = bytes
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!ConstantTime.areEqual(bytes, other), "bit \(bit)")
        }
    }

    @Test("what is shorter or longer is another text")
    func lengths() {
        #expect(ConstantTime.areEqual([], []))
        #expect(!ConstantTime.areEqual([], [0]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 2, 3]))
    }
}
