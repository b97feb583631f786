import Core
import Testing

@testable import jameyctl

@Suite("jameyctl evaluate, reload and devices")
struct EvaluateTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private static let denied = """
        {"decision_id":"01J9","approved":false,"moral_score":-0.9,"score":-0.91,"threshold":0.5,\
        "margin":-1.41,"explanation":"denied by no-harm: it is shaking","contributions":[\
        {"rule":"no-harm","stance":"oppose","weight":10,"strength":1,"contribution":-10,\
        "message":"it is shaking"}],"errors":[{"rule":"odd","code":"NO_VALUE","error":"no field"}]}
        """
    private static let approved = """
        {"approved":true,"score":1,"threshold":0.5,"explanation":"approved by calm",\
        "contributions":[],"errors":[],"decision_id":"01JA","dry_run":true}
        """

    private func run(
        _ arguments: [String], _ answer: String, status: Int = 200
    ) throws -> (result: Command.Result, asked: [PlayedDaemon.Asked]) {
        let daemon = try PlayedDaemon(socket) { _ in .json(answer, status: status) }
        let result = try Command(arguments + ["--socket", socket]).wait()
        return (result, daemon.asked)
    }

    @Test("a denial is told with its reasons; exit code 1")
    func denial() throws {
        let arguments = [
            "evaluate", "start \"it\"", "--context", #"{"rpm": 1500}"#, "--entity", "press-7",
            "--user", "ada",
        ]
        let (result, asked) = try run(arguments, Self.denied)
        #expect(result.code == 1 && result.errors.isEmpty)
        expectColumns(result)
        #expect(
            result.output == """
                DENIED by no-harm: it is shaking
                score      -0.91, threshold 0.50
                oppose     no-harm (weight 10.00): it is shaking
                error      odd: no field
                decision   01J9

                """)
        let request = try #require(asked.first)
        #expect(request.method == "POST" && request.target == "/evaluate")
        #expect(
            request.body == """
                {"action":"start \\"it\\"","context":{"rpm":1500},"entity":"press-7",\
                "user_id":"ada"}
                """)
    }

    @Test("an approval exits with 0; a dry run asks for one and says so")
    func approval() throws {
        let (result, asked) = try run(["evaluate", "--dry-run", "stop"], Self.approved)
        #expect(result.code == 0 && asked.first?.target == "/evaluate?dry_run=true")
        #expect(result.lines.first == "APPROVED by calm")
        #expect(result.lines.last == "dry run    nothing is kept of it")
    }

    @Test("--json is what the API answers, with the same exit codes")
    func json() throws {
        for (answer, code) in [(Self.denied, 1), (Self.approved, 0)] as [(String, Int32)] {
            let (result, _) = try run(["evaluate", "x", "--json"], answer)
            #expect(result.code == code && result.output == answer + "\n")
        }
    }

    @Test("a context that is no JSON object, and nothing to judge, are wrong command lines")
    func commandLine() throws {
        for arguments in [["x", "--context", "{"], ["x", "--context", "[1]"], [""], []] {
            #expect(try run(["evaluate"] + arguments, Self.approved).result.code == 64)
        }
        let (result, _) = try run(
            ["evaluate", "x"], #"{"error":"no rules","code":"NOT_JUDGED"}"#, status: 409)
        #expect(result.code == 65)
    }

    @Test("a reload says what came of it, and why it was asked for")
    func reload() throws {
        let answer = #"{"outcome":"activated","ruleset":"sha256:ab","event_seq":7}"#
        let (result, asked) = try run(["reload", "--force", "-m", "tighter"], answer)
        #expect(result.code == 0 && asked.first?.target == "/reload")
        #expect(asked.first?.body == #"{"force":true,"message":"tighter"}"#)
        #expect(
            result.lines == ["sha256:ab", "event 7", "the directory's rules are in force"])
        let (json, plain) = try run(["reload", "--json"], answer)
        #expect(json.output == answer + "\n" && plain.first?.body == "{}")
        let (refused, _) = try run(
            ["reload"], #"{"error":"wrong","code":"RULES_REFUSED","errors":[]}"#, status: 422)
        #expect(refused.code == 65)
        let long = String(repeating: "x", count: Limits.activationMessageBytesMax + 1)
        #expect(try run(["reload", "-m", long], answer).result.code == 64)
    }

    private static let device = """
        {"entity":"press-7","first_seen":"2026-03-01T00:00:00.000Z",\
        "last_seen":"2026-03-01T12:00:00.000Z","trust":0.421,"mood":"anger","alerts_firing":1,\
        "values":{"temp":81.5,"state":"on"}
        """

    @Test("devices are listed with their last values")
    func devices() throws {
        let (result, asked) = try run(["devices"], #"{"devices":[\#(Self.device)}]}"#)
        #expect(result.code == 0 && asked.first?.target == "/devices?limit=50")
        #expect(
            result.output == """
                ENTITY   LAST SEEN (UTC)      TRUST  ALERTS  VALUES
                press-7  2026-03-01 12:00:00  0.42   1       temp=81.5 state=on

                """)
        let (json, _) = try run(["devices", "--json"], #"{"devices":[\#(Self.device)}]}"#)
        #expect(json.output == Self.device + "}\n")
    }

    @Test("one device is shown with everything about it")
    func device() throws {
        let detail = """
            \(Self.device),"alerts":[{"rule":"overheat","since":"2026-03-01T11:00:00.000Z",\
            "severity":"critical"}],"heard":[{"route":"press","payload":{"temp":81.5}}]}
            """
        let (result, asked) = try run(["devices", "line 1/press-7"], detail)
        #expect(result.code == 0 && asked.first?.target == "/devices/line%201%2Fpress-7")
        expectColumns(result)
        #expect(
            result.output == """
                entity      press-7
                first seen  2026-03-01 00:00:00
                last seen   2026-03-01 12:00:00
                trust       0.42
                mood        anger
                values
                  temp = 81.5
                  state = on
                alerts
                  overheat since 2026-03-01 11:00:00, critical
                heard
                  press: {"temp":81.5}

                """)
        #expect(try run(["devices", "x", "--json"], detail).result.output == detail + "\n")
        let none = #"{"error":"no such device","code":"NOT_FOUND"}"#
        let missing = try run(["devices", "x"], none, status: 404).result
        #expect(missing.code == 1 && missing.errors.contains("no device 'x'"), "\(missing)")
        #expect(missing.errors.contains("; jameyctl devices shows which are"), "\(missing)")
    }
}
