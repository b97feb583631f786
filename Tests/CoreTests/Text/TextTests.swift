import Core
import Testing

@Suite("Base 64")
struct Base64Tests {
    @Test(
        "the vectors of RFC 4648 hold both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func vectors(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(
        "what is not canonical is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm 9", "Zm9v\n",
            "Zm9*", "Zm-_", "=Zm9", "Z=m9", "Zmé",
        ])
    func refusing(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("any bytes come back")
    func roundTrip() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed)")
        }
    }
}

@Suite("The nearest name")
struct NearestNameTests {
    private let keys = ["node", "broker", "topics", "store", "rules", "status", "log"]

    @Test(
        "a slip of the pen is recognised",
        arguments: [
            ("brocker", "broker"), ("borker", "broker"), ("Broker", "broker"), ("stor", "store"),
            ("stroe", "store"), ("rulse", "rules"), ("topic", "topics"), ("logs", "log"),
            ("sttaus", "status"), ("node", "node"),
        ])
    func near(_ unknown: String, _ expected: String) {
        #expect(nearestName(to: unknown, among: keys) == expected)
    }

    @Test("something else is not", arguments: ["", "x", "database", "listener", "zzzz"])
    func far(_ unknown: String) {
        #expect(nearestName(to: unknown, among: keys) == nil)
    }

    @Test("of equally near names the first is taken, and huge ones are not compared")
    func bounds() {
        #expect(nearestName(to: "bat", among: ["cat", "hat"]) == "cat")
        #expect(nearestName(to: String(repeating: "a", count: 1 << 20), among: keys) == nil)
        let long = String(repeating: "a", count: 65)
        #expect(nearestName(to: String(long.dropLast()), among: [long]) == nil)
        #expect(nearestName(to: "a", among: [""]) == "")
    }
}
