import Testing

@testable import Core

@Suite("Requests about rules")
struct RulesRequestTests {
    @Test(
        "what is asked is read as it was written",
        arguments: [
            RulesRequest(.reload(isForced: false), author: "ada"),
            RulesRequest(.reload(isForced: true), author: "", message: "because\n\"so\""),
            RulesRequest(.rollback(digest: "sha256:00"), author: "ada", message: "no"),
            RulesRequest(.promote, author: "ada"),
        ])
    func roundTrip(_ request: RulesRequest) throws {
        #expect(try RulesRequest(json: request.json) == request)
    }

    @Test("what is about something else is none, and what is wrong is told")
    func others() throws {
        for text in ["", "5", "{}", #"{"request":"memory.pin","id":1}"#, #"{"request":5}"#] {
            #expect(try RulesRequest(json: Array(text.utf8)) == nil)
        }
        for (text, code) in [
            (#"{"request":"rules.rollback"}"#, "BAD_DIGEST"),
            (#"{"request":"rules.reload","force":"yes"}"#, "BAD_FORCE"),
            (#"{"request":"rules.promote","message":5}"#, "BAD_MESSAGE"),
        ] {
            let error = #expect(throws: RequestError.self) {
                try RulesRequest(json: Array(text.utf8))
            }
            #expect(error?.code == code)
        }
    }

    @Test("answers and errors are told apart")
    func answers() throws {
        for outcome in RulesAnswer.Outcome.allCases {
            let answer = RulesAnswer(outcome, ruleset: "sha256:1", eventSequence: 7)
            #expect(try RulesAnswer(json: answer.json) == answer)
        }
        let none = RulesAnswer(.unchanged, ruleset: "sha256:1")
        #expect(try RulesAnswer(json: none.json) == none)
        let error = RequestError(code: "RULES_REFUSED", message: "wrong")
        #expect(throws: error) { try RulesAnswer(json: error.json) }
        #expect(throws: RequestError.self) { try RulesAnswer(json: Array("{}".utf8)) }
    }
}
