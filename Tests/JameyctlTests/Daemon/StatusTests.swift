import Core
import Testing

@testable import jameyctl

@Suite("jameyctl status")
struct StatusTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private static let digest = "sha256:" + String(repeating: "ab12", count: 16)
    private static let degraded = """
        {"status":"degraded","reason":"store: the disk is full","since":"2026-03-01T12:00:00.000Z",\
        "boot_id":"0f1e2d3c4b5a6978","version":"3.0.0","node":"edge-1","root":"jamey/edge-1",\
        "ruleset":"\(digest)","uptime_s":7380,"last_commit_age_ms":12,"outbox_depth":3,\
        "components":{"broker":{"status":"degraded","state":"up","since_s":60,"attempt":0,\
        "last_reason":"not authorised","refused_filters":["plant/+/telemetry","cmd/#"]},\
        "store":{"status":"degraded","reason":"the disk is full","durability":"power",\
        "event_seq":12345,"excess_bytes":1048576},"mind":{"status":"ok","rules":12,\
        "alerts_firing":1,"held_by":"rollback"},"memory":{"status":"ok","entities":1,\
        "bytes":2048,"queries_waiting":0},"outbox":{"status":"ok","depth":3,"in_flight":1},\
        "api":{"status":"ok","listening":["127.0.0.1:8642","unix:/run/jamey/jamey.sock"]}}}
        """
    private static let online = """
        {"status":"online","node":"edge-1","components":{"broker":{"status":"ok","state":"up",\
        "since_s":60,"last_reason":"gone","refused_filters":[]},"api":{"status":"disabled"}}}
        """

    private func run(_ answer: String, _ more: String...) throws -> Command.Result {
        let daemon = try PlayedDaemon(socket) { _ in .json(answer) }
        defer { _ = daemon.asked }
        return try Command(["status", "--socket", socket] + more).wait()
    }

    @Test("a person sees each part with its reason in 80 columns; exit code 1 unless online")
    func degraded() throws {
        let result = try run(Self.degraded)
        #expect(result.code == 1 && result.errors.isEmpty)
        expectColumns(result)
        #expect(
            result.output == """
                edge-1 is degraded since 2026-03-01 12:00:00: store: the disk is full
                version    3.0.0, up for 2h3m, boot 0f1e2d3c4b5a6978
                rules      ab12ab12ab12
                outbox     3 wait
                committed  12ms ago

                broker   degraded  not authorised; up for 1m; refuses subscriptions to
                                   plant/+/telemetry, cmd/#
                store    degraded  the disk is full; event 12345; durability power; 1.0 MiB more
                                   than it may have
                mind     ok        12 rules; 1 alert fires; held by a rollback
                memory   ok        1 entity; 2.0 KiB of working memory
                outbox   ok        3 wait; 1 in flight
                api      ok        127.0.0.1:8642; unix:/run/jamey/jamey.sock

                """)
    }

    @Test("exit code 0 while it is online; old reasons are not told again")
    func online() throws {
        let result = try run(Self.online)
        #expect(result.code == 0 && !result.output.contains("gone"))
        #expect(result.lines.first == "edge-1 is online")
        #expect(result.lines.last == "api      disabled")
        #expect(try run(Self.online.replacing(#""online""#, with: #""starting""#)).code == 1)
    }

    @Test("why the next token is not taken is told, and once")
    func nextToken() throws {
        let next = #""since_s":60,"next_token":"it is no token","#
        let waiting = Self.online.replacing(#""since_s":60,"#, with: next)
        let told = try run(waiting)
        #expect(told.code == 0)
        let line = "broker   ok        up for 1m; the next token is not taken: it is no token"
        #expect(told.lines.contains(line), "\(told.output)")
        let reason = #""reason":"it expires in 9 s: it is no token","next_token""#
        let late = try run(waiting.replacing(#""next_token""#, with: reason))
        #expect(late.output.ranges(of: "it is no token").count == 1, "\(late.output)")
    }

    @Test("who the agent takes the caller for is told")
    func principal() throws {
        let principal = #""principal":{"name":"key:5f0c9a1b77e2 panel","role":"viewer"},"#
        let result = try run(
            Self.online.replacing(#""components""#, with: principal + #""components""#))
        #expect(
            result.lines.contains("asked as   key:5f0c9a1b77e2 panel, viewer"), "\(result.output)")
    }

    @Test("--json is what the API answers, byte for byte")
    func json() throws {
        let result = try run(Self.degraded, "--json")
        #expect(result.code == 1 && result.output == Self.degraded + "\n")
        #expect(try run(Self.online, "--json").code == 0)
    }

    @Test("states have colours on a terminal, and none where NO_COLOR is set")
    func colours() throws {
        let answer = Self.degraded
        let daemon = try PlayedDaemon(socket) { _ in .json(answer) }
        let arguments = ["status", "--socket", socket]
        let shown = try Terminal.shown(arguments)
        #expect(shown.text.contains("edge-1 is \u{1B}[31mdegraded\u{1B}[0m since"), "\(shown)")
        #expect(shown.text.contains("mind     \u{1B}[32mok\u{1B}[0m        12 rules"), "\(shown)")
        let plain = try Terminal.shown(arguments, with: ["NO_COLOR": "1"])
        #expect(!plain.text.contains("\u{1B}") && plain.text.contains("mind     ok"))
        _ = daemon
    }

    @Test("what devices and operators have named cannot break the page")
    func hostile() throws {
        let name = String(repeating: "ä", count: 300)
        let answer = """
            {"status":"deg\\u001braded","reason":"\(name)","node":"\(name)","ruleset":"\(name)",\
            "components":{"\(name)":{"status":"\(name)","reason":"\(name)"}}}
            """
        let result = try run(answer)
        #expect(result.code == 1)
        expectColumns(result)
    }
}
