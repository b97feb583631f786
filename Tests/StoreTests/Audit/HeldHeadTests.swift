import Store
import Testing

@Suite("A head that somebody holds")
struct HeldHeadTests {
    @Test("it is read from its text, with its number or without, and written so")
    func heads() {
        let hash = String(repeating: "3f", count: 32)
        for text in ["17:" + hash, hash] {
            #expect(HeldHead(text: text)?.text == text)
        }
        #expect(HeldHead(text: "17:sha256:" + hash) == HeldHead(text: "17:" + hash))
        for text in ["", "17:", "0:" + hash, "-1:" + hash, hash + "00", "x:" + hash] {
            #expect(HeldHead(text: text) == nil, "\(text)")
        }
    }
}
