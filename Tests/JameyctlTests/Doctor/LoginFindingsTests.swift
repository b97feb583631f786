import Core
import Glibc
import Testing

@testable import jameyctl

@Suite("What doctor makes of a login at the broker")
struct LoginFindingsTests {
    private let check = LoginCheck(configuration: "/x.yaml", credentials: "/none", daemon: nil)

    /// That of the login, and that of the access control list.
    private func findings(
        _ outcome: LoginReport.Outcome, lacksRules: Bool = false
    ) -> (login: Finding, access: Finding) {
        let report = LoginReport(clientID: "edge-doctor", outcome: outcome, lacksRules: lacksRules)
        let line = String(decoding: report.json, as: UTF8.self)
        return pair(check.findings(.exited(0), [line]))
    }

    private func pair(_ found: [Finding]) -> (login: Finding, access: Finding) {
        #expect(found.map(\.check) == ["broker.login", "broker.acl"], "\(found)")
        let nothing = Finding.ok("", "")
        return (found.first ?? nothing, found.last ?? nothing)
    }

    @Test("each reason of a refusal has its advice, and what was not looked at is told so")
    func refusals() {
        let advice: [(UInt8, String)] = [
            (0x84, "broker.protocol"), (0x85, "broker.client_id"), (0x86, "broker.password_file"),
            (0x87, "broker.password_file"), (0x88, "later"), (0x89, "later"), (0x8A, "banned"),
            (0x8C, "authentication"), (0x97, "max_connections"), (0x9C, "broker.host"),
            (0x9D, "broker.host"), (0x9F, "max_connections"), (0x80, "the broker's log"),
        ]
        for (code, words) in advice {
            let found = findings(.refused(code: code, reason: "it says no"))
            #expect(found.login.level == .error, "\(found)")
            #expect(found.login.message.hasSuffix("it says no"), "\(found)")
            #expect(found.login.advice?.contains(words) == true, "\(code): \(found)")
            #expect(found.access.level == .warning, "\(found)")
            #expect(found.access.message.hasPrefix("not checked"), "\(found)")
        }
        let identifier = findings(.refused(code: 0x85, reason: "")).login.advice
        #expect(identifier?.contains("edge-doctor") == true)
    }

    @Test("a broker that does not answer is an error, a token that is not shown a warning")
    func noAnswer() {
        let silent = findings(.failed(reason: "no answer within 5 s"))
        #expect(silent.login.level == .error && silent.access.level == .warning)
        let withheld = findings(.withheld(reason: "the token expired"))
        #expect(withheld.login.level == .warning && withheld.access.level == .warning)
        #expect(withheld.login.advice == "see broker.token")
    }

    @Test("subscriptions are taken, refused, not answered, or not asked for")
    func subscriptions() {
        func access(
            _ subscriptions: LoginReport.Subscriptions, lacksRules: Bool = false
        ) -> Finding {
            let found = findings(.accepted(subscriptions), lacksRules: lacksRules)
            #expect(found.login == .ok("broker.login", found.login.message))
            #expect(found.login.message.contains("edge-doctor"))
            return found.access
        }
        let taken = access(.answered(count: 7, refused: 0, named: []))
        #expect(taken.level == .ok && taken.message.contains("7 subscriptions"), "\(taken)")
        #expect(taken.message.contains("what the agent may publish"), "\(taken)")
        let part = access(.answered(count: 7, refused: 0, named: []), lacksRules: true)
        #expect(part.level == .warning && part.message.contains("rules"), "\(part)")
        for lacksRules in [false, true] {
            let refused = access(
                .answered(count: 7, refused: 5, named: ["a/#", "b/+"]), lacksRules: lacksRules)
            #expect(refused.level == .error, "\(refused)")
            #expect(refused.message.contains("a/#, b/+ and 3 more"), "\(refused)")
            #expect(refused.advice?.contains("systemctl start jameyd") == true, "\(refused)")
        }
        #expect(access(.unanswered(reason: "it is gone")).level == .error)
        let unasked = access(.unasked(reason: "there is a session"))
        #expect(unasked.level == .warning)
        #expect(unasked.message == "not checked: there is a session")
    }

    @Test("where jameyd is not there, or cannot log in, nothing is checked")
    func notDone() {
        let missing = pair(check.findings())
        #expect(missing.login.level == .warning && missing.login.advice == "install jameyd")
        let denied = "/x.yaml: error: /etc/jamey/p cannot be opened: Permission denied"
        let hidden = pair(check.findings(.exited(78), [denied]))
        #expect(hidden.login.level == .warning, "\(hidden)")
        #expect(hidden.login.advice?.contains("as root") == true, "\(hidden)")
        #expect(hidden.login.details == [denied])
        let others: [(ProgramRun.End, [String])] = [
            (.exited(78), ["/x.yaml: error: no"]), (.exited(64), ["Unknown option"]),
            (.exited(0), ["no JSON"]), (.exited(0), []), (.killed, []), (.late, []),
        ]
        for (end, lines) in others {
            let found = pair(check.findings(end, lines))
            #expect(found.login.level == .warning && found.access.level == .warning)
            #expect(found.login.message.hasPrefix("not checked"), "\(found)")
            #expect(found.login.details == lines)
        }
    }

    @Test("what is said before and behind the report is passed over")
    func chatter() {
        let report = LoginReport(
            clientID: "edge-doctor", outcome: .accepted(.answered(count: 7, refused: 0, named: [])))
        let line = String(decoding: report.json, as: UTF8.self)
        let found = pair(check.findings(.exited(0), ["a notice", line, "a warning", "{}"]))
        #expect(found.login.level == .ok && found.access.level == .ok, "\(found)")
    }

    @Test("a jameyd that takes too long is told as that, with how to run it by hand")
    func late() {
        let login = pair(check.findings(.late, ["a notice"])).login
        #expect(login.message.contains("within 60 s"), "\(login)")
        #expect(login.advice?.contains("--try-login --config /x.yaml") == true, "\(login)")
    }

    @Test("only where nobody takes connections an agent is taken to be away")
    func away() {
        let place = DaemonPlace.socket("/run/x")
        func isAway(_ fault: ConnectionFault) -> Bool {
            DaemonCheck.isAway(Ending(fault, at: place))
        }
        #expect(isAway(.unreachable(ECONNREFUSED)) && isAway(.unreachable(ENOENT)))
        for fault: ConnectionFault in [
            .unreachable(EACCES), .unreachable(EPERM), .unknownHost, .untrusted("x"), .late,
            .broken("x"), .foreign, .tooLarge(bytesMax: 1),
        ] {
            #expect(!isAway(fault), "\(fault)")
        }
    }

    @Test("where the path beside the store is too long for a socket no agent is known to be away")
    func longPath() throws {
        let folder = "/none/" + String(repeating: "x", count: 100)
        #expect(throws: Ending.self) { try Control(store: folder + "/jamey.db").hasAgent() }
        #expect(try !Control(store: "/none/jamey.db").hasAgent())
    }
}
