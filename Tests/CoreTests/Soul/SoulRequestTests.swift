import Core
import Testing

@Suite("Control requests about souls")
struct SoulRequestTests {
    private static let requests = [
        SoulRequest(
            entity: "press-7", action: .record(.joy, weight: Soul.amount(0.1), note: "")),
        SoulRequest(
            entity: "é", action: .record(.anger, weight: Soul.amount(100), note: "a\n\"b"),
            author: "ann"),
        SoulRequest(entity: "e", action: .record(.love, weight: 1_000_000, note: "x")),
        SoulRequest(entity: "e", action: .set(0.75), author: "ann"),
        SoulRequest(entity: "e", action: .decay(halfLives: 0.5)),
        SoulRequest(entity: "e", action: .forget, author: "ann"),
    ]

    @Test("every request comes back from its JSON as it was", arguments: requests)
    func roundTrip(request: SoulRequest) throws {
        #expect(try ControlRequest(json: ControlRequest.soul(request).json) == .soul(request))
    }

    @Test("a request is one line that a person can read in the log")
    func form() {
        let json = ControlRequest.soul(
            SoulRequest(
                entity: "e", action: .record(.joy, weight: Soul.amount(1.5), note: "why"),
                author: "ann")
        ).json
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"request":"soul.record","entity":"e","emotion":"joy","weight":1.5,"#
                + #""note":"why","user_id":"ann"}"#)
    }

    @Test("what is not said is as usual: a weight of 1, one half-life")
    func defaults() throws {
        func action(_ text: String) throws -> SoulRequest.Action? {
            guard case .soul(let request) = try ControlRequest(json: Array(text.utf8)) else {
                return nil
            }
            return request.action
        }
        #expect(
            try action(#"{"request":"soul.record","entity":"e","emotion":"joy"}"#)
                == .record(.joy, weight: Soul.piece, note: ""))
        #expect(
            try action(#"{"request":"soul.decay","entity":"e"}"#) == .decay(halfLives: 1))
    }

    @Test(
        "what is no request is told, never a crash",
        arguments: [
            (#"{"request":"soul.burn"}"#, "BAD_REQUEST"),
            (#"{"request":"soul.forget"}"#, "BAD_ENTITY"),
            (#"{"request":"soul.forget","entity":""}"#, "BAD_ENTITY"),
            (#"{"request":"soul.record","entity":"e"}"#, "BAD_EMOTION"),
            (#"{"request":"soul.record","entity":"e","emotion":"rage"}"#, "BAD_EMOTION"),
            (#"{"request":"soul.record","entity":"e","emotion":"joy","weight":0}"#, "BAD_WEIGHT"),
            (
                #"{"request":"soul.record","entity":"e","emotion":"joy","weight":1e300}"#,
                "BAD_WEIGHT"
            ),
            (#"{"request":"soul.record","entity":"e","emotion":"joy","weight":"1"}"#, "BAD_WEIGHT"),
            (#"{"request":"soul.set","entity":"e"}"#, "BAD_TRUST"),
            (#"{"request":"soul.set","entity":"e","trust":1}"#, "BAD_TRUST"),
            (#"{"request":"soul.set","entity":"e","trust":-0.5}"#, "BAD_TRUST"),
            (#"{"request":"soul.decay","entity":"e","half_lives":1e9}"#, "BAD_HALF_LIVES"),
            (#"{"request":"memory.link","id":1}"#, "BAD_ENTITY"),
            (#"{"request":"memory.unlink","entity":"e"}"#, "BAD_ID"),
        ])
    func bad(text: String, code: String) {
        let error = #expect(throws: RequestError.self) {
            try ControlRequest(json: Array(text.utf8))
        }
        #expect(error?.code == code)
    }

    private func event(_ second: Int64, _ request: SoulRequest) -> Event {
        Event(
            sequence: second, at: Timestamp(microseconds: second * 1_000_000),
            body: .control(.soul(request)))
    }

    @Test("a request makes evidence of what a person feels; of nothing there is none to forget")
    func changes() throws {
        let record = Self.requests[1]
        let change = record.change(nil, by: event(3, record), halfLife: .seconds(60))
        guard case .evidence(let evidence)? = change else {
            Issue.record("no evidence")
            return
        }
        #expect(evidence.entity == "é" && evidence.kind == .emotion(.anger))
        #expect(evidence.source == .person && evidence.origin == "ann")
        #expect(evidence.note == "a\n\"b" && evidence.eventSequence == 3)
        #expect(evidence.before == 0.5 && evidence.trust == evidence.soul.trust)
        #expect(evidence.trust < 0.13 && evidence.weight == 100 * Soul.piece)
        for request in Self.requests.suffix(2) {
            #expect(request.change(nil, by: event(3, request), halfLife: .seconds(60)) == nil)
        }
        let forget = Self.requests[5]
        #expect(
            forget.change(evidence.soul, by: event(4, forget), halfLife: .seconds(60))
                == .forget("e"))
        let set = Self.requests[3]
        let found = set.change(evidence.soul, by: event(63, set), halfLife: .seconds(60))
        guard case .evidence(let told)? = found else {
            Issue.record("no evidence")
            return
        }
        #expect(told.kind == .set && abs(told.trust - 0.75) < 1e-9)
        #expect(told.before > evidence.trust && told.weight == told.soul.pro + told.soul.contra)
    }
}
