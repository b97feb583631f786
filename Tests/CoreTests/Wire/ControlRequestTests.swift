import Core
import Testing

@Suite("Control requests")
struct ControlRequestTests {
    private func read(_ text: String) throws -> ControlRequest {
        try ControlRequest(json: Array(text.utf8))
    }

    @Test("every request comes back from its JSON as it was", arguments: requests)
    func roundTrip(request: ControlRequest) throws {
        #expect(try ControlRequest(json: request.json) == request)
    }

    private static let requests: [ControlRequest] = [
        .store(MemoryDraft(layer: .episodic, content: "a\n\"ä\u{1F600}")),
        .store(
            MemoryDraft(
                layer: .longTerm, content: "x", tags: ["a", "b"], entity: "e", author: "ann")),
        .change(.pin(1, true), author: ""), .change(.pin(.max, false), author: "ann"),
        .recalled([RecallCount(id: 1, count: 1), RecallCount(id: .max, count: 9)]),
        .change(.link(42, "press-7", true), author: "ann"),
        .change(.link(42, "press-7", false), author: ""),
        .change(.forget(42), author: "ann"), .forgetEntity("press-7", author: "ann"),
        .forgotten(digest: String(repeating: "0f", count: 32), author: ""),
        .change(
            .forgetBefore(
                Timestamp(microseconds: 1_700_000_000_000_001), layer: nil, alsoPinned: false),
            author: ""),
        .change(
            .forgetBefore(Timestamp(microseconds: 0), layer: .longTerm, alsoPinned: true),
            author: "ann"),
    ]

    @Test("a request is one line that a person can read in the log")
    func form() {
        func text(_ request: ControlRequest) -> String {
            String(decoding: request.json, as: UTF8.self)
        }
        #expect(
            text(.change(.pin(42, true), author: "ann"))
                == #"{"request":"memory.pin","id":42,"user_id":"ann"}"#)
        #expect(
            text(.store(MemoryDraft(layer: .semantic, content: "x", author: "ann")))
                == #"{"request":"memory.store","layer":"semantic","content":"x","user_id":"ann"}"#)
    }

    @Test(
        "what is no request is told, never a crash",
        arguments: [
            ("", "MALFORMED_JSON"), ("{", "MALFORMED_JSON"), ("[]", "NOT_AN_OBJECT"),
            ("{}", "BAD_REQUEST"), (#"{"request":5}"#, "BAD_REQUEST"),
            (#"{"request":"memory.erase"}"#, "BAD_REQUEST"),
            (#"{"request":"memory.pin"}"#, "BAD_ID"),
            (#"{"request":"memory.pin","id":0}"#, "BAD_ID"),
            (#"{"request":"memory.unpin","id":-1}"#, "BAD_ID"),
            (#"{"request":"memory.forget","id":1.5}"#, "BAD_ID"),
            (#"{"request":"memory.forget","id":9223372036854775808}"#, "BAD_ID"),
            (#"{"request":"memory.forget","id":"1"}"#, "BAD_ID"),
            (#"{"request":"memory.forget"}"#, "BAD_ID"),
            (#"{"request":"memory.forget","entity":""}"#, "BAD_ENTITY"),
            (#"{"request":"memory.forget","before":"soon"}"#, "BAD_BEFORE"),
            (
                #"{"request":"memory.forget","before":"2026-01-01T00:00:00Z","pinned":1}"#,
                "BAD_PINNED"
            ),
            (
                #"{"request":"memory.forget","before":"2026-01-01T00:00:00Z","layer":"x"}"#,
                "BAD_LAYER"
            ),
            (#"{"request":"memory.forgotten","digest":"00"}"#, "BAD_DIGEST"),
            (#"{"request":"memory.store","content":"x"}"#, "BAD_LAYER"),
            (#"{"request":"memory.pin","id":1,"user_id":1}"#, "BAD_USER_ID"),
        ])
    func bad(text: String, code: String) throws {
        let error = #expect(throws: RequestError.self) { try read(text) }
        #expect(error?.code == code)
    }

    @Test("an answer comes back as it was, an error as an error")
    func answers() throws {
        for answer in [ControlAnswer(changed: 0), ControlAnswer(changed: 1, memory: 7)] {
            #expect(try ControlAnswer(json: answer.json) == answer)
        }
        let error = RequestError(code: "UNAVAILABLE", message: "later")
        #expect(throws: error) { try ControlAnswer(json: error.json) }
        for text in ["", "{}", "[1]", #"{"changed":"1"}"#, #"{"code":"X"}"#] {
            #expect(throws: RequestError.self) { try ControlAnswer(json: Array(text.utf8)) }
        }
    }

    @Test("a store becomes a memory of its event, a change a change")
    func outcomes() {
        let draft = MemoryDraft(layer: .semantic, content: "x", tags: ["t"], author: "ann")
        let store = Event(
            sequence: 3, at: Timestamp(microseconds: 9), body: .control(.store(draft)))
        let outcome = Outcome(of: .store(draft), by: store)
        #expect(outcome.isRecorded && outcome.changes.isEmpty)
        #expect(outcome.memories == [draft.memory(of: store)])
        #expect(outcome.memories[0].author == "ann" && outcome.memories[0].eventSequence == 3)
        let change = Outcome(of: .change(.forget(3), author: ""), by: store)
        #expect(change.isRecorded && change.memories.isEmpty && change.changes == [.forget(3)])
    }

    @Test("a path that the kernel has no room for is no address")
    func addresses() {
        #expect(LocalAddress(path: String(repeating: "x", count: 107)) != nil)
        #expect(LocalAddress(path: String(repeating: "x", count: 108)) == nil)
        #expect(LocalAddress(path: "") == nil && LocalAddress(path: "a\u{0}b") == nil)
        #expect(LocalAddress.controlPath(ofStore: "/a/jamey.db") == "/a/jamey.db.control")
    }
}
