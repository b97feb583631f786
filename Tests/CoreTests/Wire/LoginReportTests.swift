import Core
import Testing

@Suite("What a login at the broker has come to")
struct LoginReportTests {
    private static let outcomes: [LoginReport.Outcome] = [
        .accepted(.answered(count: 7, refused: 0, named: [])),
        .accepted(.answered(count: 7, refused: 2, named: ["plant/+/\"x\"", "a/#"])),
        .accepted(.unanswered(reason: "no answer")), .accepted(.unasked(reason: "a session")),
        .refused(code: 0x87, reason: "Not authorized"), .failed(reason: "gone"),
        .withheld(reason: "the token expired"),
    ]

    @Test("it is read as it was written, in one line", arguments: outcomes)
    func roundTrip(outcome: LoginReport.Outcome) {
        for lacksRules in [false, true] {
            let report = LoginReport(
                clientID: "jamey-edge-1-doctor", outcome: outcome, lacksRules: lacksRules)
            #expect(LoginReport(json: report.json) == report)
            #expect(!report.json.contains(UInt8(ascii: "\n")))
        }
    }

    @Test(
        "what is none is nothing",
        arguments: [
            "", "{}", "no", #"{"client_id":"a","lacks_rules":false,"login":"accepted"}"#,
            #"{"client_id":"a","lacks_rules":false,"login":"refused","code":256,"reason":""}"#,
            #"{"client_id":"a","lacks_rules":false,"login":"else","reason":""}"#,
        ])
    func unreadable(text: String) {
        #expect(LoginReport(json: Array(text.utf8)) == nil)
    }
}
