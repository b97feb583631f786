import Core
import Testing

@Suite("What people want remembered")
struct MemoryDraftTests {
    private func draft(_ text: String) throws -> MemoryDraft {
        try MemoryDraft(try JSONScanner.scan(Array(text.utf8)))
    }

    @Test("all members, or layer and content alone; null is as good as nothing")
    func good() throws {
        #expect(
            try draft(
                #"{"layer":"long-term","content":"bearing changed","tags":["a","b","a"],"#
                    + #""entity":"press-7","user_id":"ann","other":1}"#)
                == MemoryDraft(
                    layer: .longTerm, content: "bearing changed", tags: ["a", "b"],
                    entity: "press-7", author: "ann"))
        #expect(
            try draft(
                #"{"layer":"semantic","content":"x","tags":null,"entity":null,"user_id":null}"#)
                == MemoryDraft(layer: .semantic, content: "x"))
    }

    private static let long = String(repeating: "ä", count: Limits.memoryContentBytesMax / 2 + 1)
    private static let longName = String(repeating: "x", count: Limits.entityNameBytesMax + 1)
    private static let longTag = String(repeating: "x", count: Limits.memoryTagCharactersMax + 1)
    private static let manyTags = (0...Limits.memoryTagsMax).map { "\"t\($0)\"" }
        .joined(separator: ",")

    @Test(
        "what cannot be stored is named, with what would be right",
        arguments: [
            ("5", "NOT_AN_OBJECT"), ("[]", "NOT_AN_OBJECT"), ("{}", "BAD_LAYER"),
            (#"{"content":"x"}"#, "BAD_LAYER"), (#"{"layer":1,"content":"x"}"#, "BAD_LAYER"),
            (#"{"layer":"working","content":"x"}"#, "BAD_LAYER"),
            (#"{"layer":"short-term","content":"x"}"#, "BAD_LAYER"),
            (#"{"layer":"Episodic","content":"x"}"#, "BAD_LAYER"),
            (#"{"layer":"episodic"}"#, "BAD_CONTENT"),
            (#"{"layer":"episodic","content":""}"#, "BAD_CONTENT"),
            (#"{"layer":"episodic","content":["x"]}"#, "BAD_CONTENT"),
            (#"{"layer":"episodic","content":"a\u0000b"}"#, "BAD_CONTENT"),
            (#"{"layer":"episodic","content":"\#(long)"}"#, "BAD_CONTENT"),
            (#"{"layer":"episodic","content":"x","tags":"x"}"#, "BAD_TAGS"),
            (#"{"layer":"episodic","content":"x","tags":[1]}"#, "BAD_TAGS"),
            (#"{"layer":"episodic","content":"x","tags":[""]}"#, "BAD_TAGS"),
            (#"{"layer":"episodic","content":"x","tags":["\#(longTag)"]}"#, "BAD_TAGS"),
            (#"{"layer":"episodic","content":"x","tags":[\#(manyTags)]}"#, "BAD_TAGS"),
            (#"{"layer":"episodic","content":"x","entity":7}"#, "BAD_ENTITY"),
            (#"{"layer":"episodic","content":"x","entity":"\#(longName)"}"#, "BAD_ENTITY"),
            (#"{"layer":"episodic","content":"x","user_id":{}}"#, "BAD_USER_ID"),
        ] as [(String, String)])
    func bad(text: String, code: String) throws {
        let error = #expect(throws: RequestError.self) { try draft(text) }
        #expect(error?.code == code && error?.message.isEmpty == false)
    }

    @Test("who asks for a layer that fills by itself is told so, and of a slip what is near")
    func layers() throws {
        func message(_ layer: String) -> String? {
            let error = #expect(throws: RequestError.self) {
                try draft(#"{"layer":"\#(layer)","content":"x"}"#)
            }
            return error?.message
        }
        #expect(message("working")?.contains("fills by itself") == true)
        #expect(message("short-term")?.contains("event log") == true)
        #expect(message("longterm")?.hasSuffix("long-term?") == true)
        #expect(message("zebra")?.hasSuffix("episodic, semantic, long-term") == true)
    }
}
