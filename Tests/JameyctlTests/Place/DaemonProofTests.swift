import Core
import Foundation
import Glibc
import Proof
import ProofTestSupport
import Store
import Synchronization
import Testing

@testable import jameyctl

@Suite("jameyctl replay and audit verify, as jobs of the daemon")
struct DaemonProofTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    /// How often a job was looked at.
    private final class Looks: Sendable {
        private let count = Atomic(0)

        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }

    /// A daemon whose job is looked at once while it runs, and has then come to this.
    private func daemon(_ path: String, _ end: String) throws -> PlayedDaemon {
        let looks = Looks()
        return try PlayedDaemon(socket) { asked in
            switch (asked.method, asked.target) {
            case ("POST", path): return .json(#"{"id":"0a1b","state":"running"}"#, status: 202)
            case ("GET", path + "/0a1b"):
                return .json(looks.next() > 1 ? end : #"{"id":"0a1b","state":"running"}"#)
            case ("DELETE", path + "/0a1b"): return .json("", status: 204)
            case _: return .json("{}", status: 500)
            }
        }
    }

    @Test("what is asked for is sent as it is meant here, and the job is forgotten afterwards")
    func sent() throws {
        let span = ["--since", "2023-11-15T01:00:00+01:00", "--until", "2023-11-16T00:00:00Z"]
        let hash = String(repeating: "3f", count: 32)
        let cases: [(path: String, arguments: [String], body: String)] = [
            ("/replay", ["replay"], "{}"),
            ("/replay", ["replay", "0123abcd-4"], #"{"decision":"0123abcd-4"}"#),
            (
                "/replay", ["replay", "--from", "0"] + span,
                """
                {"since":"2023-11-15T00:00:00.000000Z","until":"2023-11-16T00:00:00.000000Z",\
                "from":0}
                """
            ),
            ("/audit/verify", ["audit", "verify"], "{}"),
            (
                "/audit/verify", ["audit", "verify", "--head", "7:sha256:" + hash],
                #"{"head":"7:\#(hash)"}"#
            ),
        ]
        for (path, arguments, body) in cases {
            let daemon = try daemon(path, #"{"state":"ended"}"#)
            let result = try Command(arguments + ["--socket", socket]).wait()
            #expect(result.code == 75 && result.errors.contains("somebody has ended"), "\(result)")
            #expect(daemon.asked.map(\.method) == ["POST", "GET", "GET", "DELETE"])
            #expect(daemon.asked.first?.body == body)
        }
    }

    @Test("a job that comes to nothing has its code, and so has an answer that is none")
    func failures() throws {
        for (path, arguments) in [
            ("/replay", ["replay"]), ("/audit/verify", ["audit", "verify"]),
        ] {
            for (end, code) in [
                (#"{"state":"failed","error":{"error":"early","code":"OUT_OF_REACH"}}"#, 65),
                (#"{"state":"failed","error":{"error":"later","code":"TRY_AGAIN"}}"#, 75),
                (#"{"state":"failed","error":{"error":"lost","code":"STORE_UNREADABLE"}}"#, 74),
                (#"{"state":"failed","error":{"error":"torn","code":"STORE_DAMAGED"}}"#, 65),
                (#"{"state":"done"}"#, 69), (#"{"state":"done","report":{}}"#, 69),
                (#"{"state":"done","report":{"ok":true,"agrees":true}}"#, 69),
            ] as [(String, Int32)] {
                let daemon = try daemon(path, end)
                let result = try Command(arguments + ["--socket", socket]).wait()
                #expect(result.code == code && result.output.isEmpty, "\(end): \(result)")
                #expect(daemon.asked.last?.method == "DELETE", "\(end)")
            }
        }
    }

    @Test("a chain that is told to be whole without the head that was sent is not taken for whole")
    func headNotLookedAt() throws {
        try scratch.writer().close()
        let result = try StoreReader(path: scratch.store).verifyAudit()
        let report = String(decoding: AuditReport(result, held: nil).json, as: UTF8.self)
        let daemon = try daemon("/audit/verify", #"{"state":"done","report":\#(report)}"#)
        let whole = try Command(["audit", "verify", "--socket", socket]).wait()
        #expect(whole.code == 0 && whole.output.contains("is whole"), "\(whole)")
        let head = String(repeating: "0", count: 64)
        let asked = ["audit", "verify", "--head", head, "--socket", socket]
        let held = try Command(asked).wait()
        #expect(held.code == 69 && held.output.isEmpty, "\(held)")
        _ = daemon
    }

    @Test("while another job runs it is not now, and not out of reach")
    func another() throws {
        for (name, code) in [("CONFLICT", 75), ("OUT_OF_REACH", 65)] as [(String, Int32)] {
            let daemon = try PlayedDaemon(socket) { _ in
                .json(#"{"error":"no","code":"\#(name)"}"#, status: 409)
            }
            for arguments in [["replay"], ["audit", "verify"]] {
                let result = try Command(arguments + ["--socket", socket]).wait()
                #expect(result.code == code, "\(result)")
            }
            #expect(daemon.asked.map(\.method) == ["POST", "POST"])
        }
    }

    @Test("a look that is lost is no end of the job: it is looked for again")
    func lostLooks() throws {
        let looks = Looks()
        let busy = #"{"error":"too many requests","code":"TOO_MANY_REQUESTS"}"#
        let daemon = try PlayedDaemon(socket) { asked in
            guard asked.method == "GET" else {
                return .json(#"{"id":"0a1b","state":"running"}"#)
            }
            switch looks.next() {
            case 1: return .raw("")
            case 2: return .json("<html>", status: 502)
            case 3: return .json(busy, status: 429, fields: ["Retry-After": "0"])
            case 4: return .json(#"{"error":"later","code":"UNAVAILABLE"}"#, status: 503)
            case 5: return .json(#"{"id":"0a1b","state":"running"}"#)
            case _:
                let error = #"{"error":"early","code":"OUT_OF_REACH"}"#
                return .json(#"{"state":"failed","error":\#(error)}"#)
            }
        }
        let result = try Command(["replay", "--socket", socket]).wait()
        #expect(result.code == 65 && result.errors.contains("early"), "\(result)")
        let asked = daemon.asked.map(\.method)
        #expect(asked == ["POST"] + Array(repeating: "GET", count: 6) + ["DELETE"])
    }

    @Test("what waiting does not mend ends it at once", arguments: [401, 404])
    func lastingLooks(_ status: Int) throws {
        let answer =
            status == 404
            ? #"{"error":"there is no such replay","code":"NOT_FOUND"}"#
            : #"{"error":"show a key","code":"UNAUTHORIZED"}"#
        let daemon = try PlayedDaemon(socket) { asked in
            asked.method == "GET"
                ? .json(answer, status: status) : .json(#"{"id":"0a1b","state":"running"}"#)
        }
        let result = try Command(["replay", "--socket", socket]).wait()
        #expect(result.code == (status == 404 ? 75 : 77), "\(result)")
        #expect(daemon.asked.map(\.method) == ["POST", "GET", "DELETE"])
    }

    @Test("a job is looked at less and less often, and not looked for without end")
    func patience() {
        var patience = JobPatience()
        #expect(patience.pause == Limits.daemonJobPauseMin)
        for _ in 0..<100 {
            let before = patience.pause
            patience.hasSeen()
            #expect(patience.pause > before || patience.pause == Limits.daemonJobPauseMax)
        }
        let start = MonotonicTime(microseconds: 7)
        let late = Ending.failure(Exit.tryAgain, "late")
        var goesOn = [0, 59].map { patience.hasMissed(late, at: start + .seconds($0)) }
        patience.hasSeen()
        for wait in [.seconds(60), .seconds(60) + Limits.daemonJobAbsenceMax] as [Duration] {
            goesOn.append(patience.hasMissed(late, at: start + wait))
        }
        #expect(goesOn == [true, true, true, false])
        var other = JobPatience()
        let waits = other.hasMissed(.mistaken("no agent"), at: start)
        #expect(!waits)
    }

    @Test("a decision that the agent does not know is told as by the file")
    func noDecision() throws {
        let daemon = try PlayedDaemon(socket) { _ in
            .json(#"{"error":"there is no such decision","code":"NOT_FOUND"}"#, status: 404)
        }
        let result = try Command(["replay", "none-1", "--socket", socket]).wait()
        #expect(result.code == 1 && result.errors.contains("no decision 'none-1'"), "\(result)")
        #expect(daemon.asked.count == 1)
    }

    @Test("a signal ends the job there, too", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signal(_ signal: Int32) throws {
        for arguments in [["replay"], ["audit", "verify"]] {
            let daemon = try PlayedDaemon(socket) { asked in
                .json(#"{"id":"0a1b","state":"running","progress":{"links":1,"of":9}}"#)
            }
            let command = try Command(arguments + ["--socket", socket])
            #expect(awaits { daemon.asked.count > 1 })
            command.send(signal)
            let result = command.wait()
            #expect(result.code == 128 + signal && result.output.isEmpty, "\(result)")
            #expect(daemon.asked.last?.method == "DELETE")
        }
    }

    @Test("where the end cannot be asked for it is told what goes on, and how it is ended")
    func goesOn() throws {
        let refusal = #"{"error":"show a key","code":"UNAUTHORIZED"}"#
        for (status, isTold) in [(401, true), (502, true), (204, false)] {
            let daemon = try PlayedDaemon(socket) { asked in
                asked.method == "DELETE"
                    ? .json(status == 204 ? "" : refusal, status: status)
                    : .json(#"{"id":"0a1b","state":"running"}"#)
            }
            let command = try Command(["audit", "verify", "--socket", socket])
            #expect(awaits { daemon.asked.count > 1 })
            command.send(SIGHUP)
            let result = command.wait()
            #expect(result.code == 128 + SIGHUP, "\(result)")
            let told = "verification 0a1b may go on there"
            #expect(result.errors.contains(told) == isTold, "\(result)")
            let request = "DELETE /audit/verify/0a1b"
            #expect(result.errors.contains(request) == isTold, "\(result)")
        }
    }

    @Test("a session that ends does not end what was started with nohup")
    func noHangUp() throws {
        let daemon = try PlayedDaemon(socket) { asked in
            asked.method == "DELETE"
                ? .json("", status: 204) : .json(#"{"id":"0a1b","state":"running"}"#)
        }
        let ask = "trap '' HUP; exec '\(Command.path)' replay --socket '\(socket)'"
        let command = try Command(["-c", ask], program: "/bin/sh")
        #expect(awaits { daemon.asked.count > 1 })
        command.send(SIGHUP)
        let looks = daemon.asked.count
        #expect(awaits { daemon.asked.count > looks + 1 })
        command.send(SIGTERM)
        #expect(command.wait().code == 128 + SIGTERM)
        #expect(daemon.asked.last?.method == "DELETE")
    }

    @Test("where no option names an agent the file is read, whatever the environment names")
    func place() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(20, seed: 7)
        var environment = ProcessInfo.processInfo.environment
        environment["JAMEY_URL"] = "http://127.0.0.1:1"
        let key = try scratch.write("key", "jamey_" + String(repeating: "a", count: 56))
        #expect(chmod(key, 0o600) == 0)
        for arguments in [["replay"], ["audit", "verify"]] {
            let silent = try Command(arguments, environment: environment).wait()
            #expect(silent.code != 69 && !silent.errors.contains("127.0.0.1"), "\(silent)")
            for option in [["--url", "http://127.0.0.1:1"], ["--key-file", key]] {
                let asked = try Command(arguments + option, environment: environment).wait()
                #expect(asked.code == 69, "\(asked)")
                #expect(asked.errors.contains("http://127.0.0.1:1"), "\(asked)")
            }
            let named = try Command(
                arguments + ["--database", recording.path], environment: environment
            ).wait()
            #expect(named.code == 0 && named.errors.isEmpty, "\(named)")
            let both = ["--database", recording.path, "--socket", socket]
            #expect(try Command(arguments + both).wait().code == 64)
        }
        let starts = try Command(["replay", "--starts", "--socket", socket]).wait()
        #expect(starts.code == 64 && starts.errors.contains("--starts needs the store's file"))
    }

    @Test("where nothing is named it is the store of this machine, and not its agent")
    func unnamed() throws {
        guard case .file(let store) = try ProofPlaceOptions.parse([]).resolve() else {
            Issue.record("nobody was named")
            return
        }
        #expect(store == StoreFile(path: StoreFile.pathDefault))
    }
}
