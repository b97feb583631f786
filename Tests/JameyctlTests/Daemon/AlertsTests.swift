import Core
import Testing

@testable import jameyctl

@Suite("jameyctl alerts")
struct AlertsTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private static let first = """
        {"state":"firing","since":"2026-03-01T12:00:04.000Z","value":81.5,"message":"81 °C",\
        "decision_id":"d1","rule":"overheat","entity":"press-7","severity":"critical"}
        """
    private static let second = """
        {"since":"2026-03-01T11:00:00.000Z","rule":"silent","entity":"line 1/press-8",\
        "severity":"warning","message":"","acknowledgement":{"at":"2026-03-01T11:01:00.000Z",\
        "by":"uid:1000","from":"unix","note":"on it"}}
        """

    private func run(
        _ arguments: [String], _ answer: @escaping PlayedDaemon.Play
    ) throws -> (result: Command.Result, asked: [PlayedDaemon.Asked]) {
        let daemon = try PlayedDaemon(socket, answer: answer)
        let result = try Command(["alerts"] + arguments + ["--socket", socket]).wait()
        return (result, daemon.asked)
    }

    @Test("alerts are shown with who has seen them, and as JSON each on a line")
    func list() throws {
        let page = #"{"alerts":[\#(Self.first),\#(Self.second)]}"#
        for arguments in [[], ["list"]] {
            let (result, asked) = try run(arguments) { _ in .json(page) }
            #expect(result.code == 0 && asked.map(\.target) == ["/alerts?limit=50"])
            #expect(
                result.output == """
                    SINCE (UTC)          SEVERITY  RULE      ENTITY          SEEN BY   MESSAGE
                    2026-03-01 12:00:04  critical  overheat  press-7         -         81 °C
                    2026-03-01 11:00:00  warning   silent    line 1/press-8  uid:1000

                    """)
        }
        let (json, _) = try run(["--json"]) { _ in .json(page) }
        #expect(json.output == Self.first + "\n" + Self.second + "\n" && json.code == 0)
    }

    @Test("a list that goes on says so on standard error; an empty one is told of")
    func ends() throws {
        let more = #"{"alerts":[\#(Self.first)],"next":"x"}"#
        let (result, asked) = try run(["-n", "1", "--json"]) { _ in .json(more) }
        #expect(result.output == Self.first + "\n" && result.errors.contains("--limit"))
        #expect(asked.map(\.target) == ["/alerts?limit=1"])
        let (none, _) = try run([]) { _ in .json(#"{"alerts":[]}"#) }
        #expect(none.code == 0 && none.output == "no alert fires\n")
        let (nothing, _) = try run(["--json"]) { _ in .json(#"{"alerts":[]}"#) }
        #expect(nothing.code == 0 && nothing.output.isEmpty)
        for count in ["0", "20001", "x"] {
            #expect(try run(["-n", count]) { _ in .json("{}") }.result.code == 64)
        }
    }

    @Test("an alert is acknowledged by its rule and entity, with a note")
    func acknowledge() throws {
        let answer = #"{"rule":"silent","acknowledgement":{"by":"key:0a1b ada","note":"on it"}}"#
        let arguments = ["ack", "silent", "line 1/press-8", "--note", "on it"]
        let (result, asked) = try run(arguments) { _ in .json(answer) }
        #expect(result.code == 0)
        #expect(result.output == "silent of line 1/press-8: seen by key:0a1b ada\n")
        let request = try #require(asked.first)
        #expect(
            request.method == "POST" && request.target == "/alerts/silent/line%201%2Fpress-8/ack")
        #expect(request.body == #"{"note":"on it"}"#)
        #expect(request.fields["content-type"] == "application/json")
        let (json, _) = try run(arguments + ["--json"]) { _ in .json(answer) }
        #expect(json.output == answer + "\n")
        let (none, _) = try run(["ack", "a", "b"]) { _ in
            .json(#"{"error":"it does not fire","code":"NOT_FOUND"}"#, status: 404)
        }
        #expect(none.code == 1 && none.errors.contains("it does not fire; jameyctl alerts"))
        let long = String(repeating: "x", count: Limits.acknowledgementNoteBytesMax + 1)
        #expect(try run(["ack", "a", "b", "--note", long]) { _ in .json("{}") }.result.code == 64)
        #expect(try run(["ack", "a"]) { _ in .json("{}") }.result.code == 64)
        #expect(try run(["ack", "", "b"]) { _ in .json("{}") }.result.code == 64)
    }
}
