import Core
import Foundation
import Glibc
import Mind
import Proof
import ProofTestSupport
import Synchronization
import TestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl backtest, as a job of the daemon")
struct DaemonBacktestTests {
    private let recording: Recording
    private let home: TestDirectory
    private let rules: String
    private var socket: String { home.path + "/api.sock" }
    private var arguments: [String] { ["backtest", "--rules", rules] }

    init() throws {
        home = try TestDirectory("backtests")
        recording = try Recording(PressRules.yaml())
        try recording.hear("plant/a/press-1/telemetry", #"{"vib":8,"temp":20}"#)
        for rpm in [1_800, 1_000, 1_900] {
            try recording.hear("cmd/press-1/spin/proposed", #"{"action":"spin","rpm":\#(rpm)}"#)
        }
        rules = home.path + "/rules"
        try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: true)
        try Self.write(PressRules.yaml(limit: 9), to: rules + "/rules.yaml")
        // Tests of rules are none.
        try Self.write("tests: []", to: rules + "/a_test.yaml")
    }

    private static func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func told() throws -> String {
        let history = try recording.history()
        let span = try HistorySpan(history)
        let file = RuleFile(name: "rules.yaml", text: PressRules.yaml(limit: 9))
        let set = try RuleSetLoader.load([file])
        let backtest = try history.backtest(set, on: span.events, from: span.start)
        return String(decoding: backtest.json(unreached: nil), as: UTF8.self)
    }

    /// How often a job was looked at.
    private final class Looks: Sendable {
        private let count = Atomic(0)

        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }

    private static let running = """
        {"id":"0a1b","state":"running","progress":{"events":2,"of":4}}
        """

    /// A daemon whose job runs until it was looked at so often.
    private func daemon(running most: Int, then end: String) throws -> PlayedDaemon {
        let looks = Looks()
        return try PlayedDaemon(socket) { asked in
            switch (asked.method, asked.target) {
            case ("POST", "/backtest"): return .json(Self.running, status: 202)
            case ("GET", "/backtest/0a1b"):
                return .json(looks.next() > most ? end : Self.running)
            case ("DELETE", "/backtest/0a1b"): return .json("", status: 204)
            case _: return .json("{}", status: 500)
            }
        }
    }

    @Test("the rules are sent, and the report is that of the store, word for word")
    func report() throws {
        let done = #"{"id":"0a1b","state":"done","report":\#(try told())}"#
        for more in [[], ["--json"], ["--limit", "1"], ["--fail-on", "any"]] {
            let file = try Command(arguments + more + ["--database", recording.path]).wait()
            let daemon = try daemon(running: 2, then: done)
            let asked = try Command(arguments + more + ["--socket", socket]).wait()
            #expect(file.code == (more.first == "--fail-on" ? 1 : 0), "\(file)")
            #expect(asked.code == file.code && asked.output == file.output, "\(asked)\n\(file)")
            #expect(asked.errors.isEmpty, "\(asked)")
            let requests = daemon.asked
            #expect(requests.map(\.method) == ["POST", "GET", "GET", "GET", "DELETE"])
            let files = requests.first?.json?["files"]?.array
            #expect(files?.map { $0["name"]?.string } == ["rules.yaml"])
            #expect(files?.first?["text"]?.string == PressRules.yaml(limit: 9))
        }
    }

    @Test("a time is sent as it is meant here")
    func time() throws {
        let done = #"{"id":"0a1b","state":"done","report":\#(try told())}"#
        let daemon = try daemon(running: 0, then: done)
        let span = ["--since", "2023-11-14T00:00:00Z", "--until", "2023-11-15T01:00:00+01:00"]
        _ = try Command(arguments + span + ["--socket", socket]).wait()
        let body = daemon.asked.first?.json
        #expect(body?["since"]?.string == "2023-11-14T00:00:00.000000Z")
        #expect(body?["until"]?.string == "2023-11-15T00:00:00.000000Z")
    }

    @Test("a job that comes to nothing has its code")
    func failures() throws {
        for (end, code) in [
            (#"{"state":"failed","error":{"error":"no events","code":"NO_EVENTS"}}"#, 65),
            (#"{"state":"failed","error":{"error":"later","code":"TRY_AGAIN"}}"#, 75),
            (#"{"state":"failed","error":{"error":"lost","code":"STORE_UNREADABLE"}}"#, 74),
            (#"{"state":"ended"}"#, 75), (#"{"state":"lost"}"#, 69), (#"{"state":"done"}"#, 69),
        ] as [(String, Int32)] {
            let daemon = try daemon(running: 1, then: end)
            let result = try Command(arguments + ["--socket", socket]).wait()
            #expect(result.code == code && result.output.isEmpty, "\(end): \(result)")
            #expect(daemon.asked.last?.method == "DELETE", "\(end)")
        }
        let busy = try PlayedDaemon(socket) { _ in
            .json(#"{"error":"backtest 0a1b is running","code":"CONFLICT"}"#, status: 409)
        }
        let refused = try Command(arguments + ["--socket", socket]).wait()
        #expect(refused.code == 75 && refused.errors.contains("is running"), "\(refused)")
        #expect(busy.asked.count == 1)
    }

    @Test("a signal ends the job, and the command as any other")
    func signal() throws {
        for signal in [SIGINT, SIGTERM] {
            let daemon = try daemon(running: .max, then: "{}")
            let command = try Command(arguments + ["--socket", socket])
            #expect(awaits { daemon.asked.count > 1 })
            command.send(signal)
            let result = command.wait()
            #expect(result.code == 128 + signal && result.output.isEmpty, "\(result)")
            #expect(daemon.asked.last?.method == "DELETE")
        }
    }

    @Test("a signal is heard while the daemon says nothing, and ends the job all the same")
    func signalWhileAsking() throws {
        let daemon = try PlayedDaemon(socket) { asked in
            asked.method == "GET" ? .raw("", staysOpen: true) : .json(#"{"id":"0a1b"}"#)
        }
        let command = try Command(arguments + ["--socket", socket])
        #expect(awaits { daemon.asked.contains { $0.method == "GET" } })
        command.send(SIGINT)
        let result = command.wait()
        // Waited out, it would be an answer that does not come.
        #expect(result.code == 128 + SIGINT && result.errors.isEmpty, "\(result)")
        #expect(daemon.asked.last?.method == "DELETE")
    }

    @Test("a signal is heard also while the daemon does not say whether it has begun")
    func signalWhileBeginning() throws {
        let daemon = try PlayedDaemon(socket) { _ in .raw("", staysOpen: true) }
        let command = try Command(arguments + ["--socket", socket])
        #expect(awaits { daemon.asked.count == 1 })
        command.send(SIGTERM)
        let result = command.wait()
        #expect(result.code == 128 + SIGTERM && result.errors.isEmpty, "\(result)")
        #expect(result.output.isEmpty && daemon.asked.map(\.method) == ["POST"], "\(result)")
    }

    @Test("rules that are wrong here are not sent")
    func wrong() throws {
        try Self.write("rules: [", to: rules + "/b.yaml")
        let daemon = try daemon(running: 0, then: "{}")
        let result = try Command(arguments + ["--socket", socket]).wait()
        #expect(result.code == 65 && result.errors.contains("b.yaml"), "\(result)")
        #expect(daemon.asked.isEmpty)
    }
}
