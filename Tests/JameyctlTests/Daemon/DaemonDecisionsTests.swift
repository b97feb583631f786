import Core
import Glibc
import Synchronization
import Testing

@testable import jameyctl

@Suite("jameyctl decisions, asked of the daemon")
struct DaemonDecisionsTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private static func verdict(_ number: Int, entity: String = "press-7") -> String {
        """
        {"decision_id":"id-\(number)","timestamp":"2026-03-01T12:00:0\(number).000Z",\
        "route":"commands","entity":"\(entity)","approved":false,"moral_score":-1.0,\
        "explanation":"denied by rule-\(number)","event_seq":\(number)}
        """
    }

    private static let alert = """
        {"state":"firing","since":"2026-03-01T12:00:09.000Z","value":81.5,"message":"81 °C",\
        "decision_id":"id-9","rule":"hot","entity":"press-7","severity":"critical",\
        "route":"telemetry","event_seq":9,"trust":0.5}
        """

    @Test("the newest stand last, as they are stored, whatever their numbers look like")
    func list() throws {
        let page = #"{"decisions":[\#(Self.alert),\#(Self.verdict(1))],"next":"3"}"#
        let daemon = try PlayedDaemon(socket) { _ in .json(page) }
        let options = ["decisions", "-n", "2", "--socket", socket]
        let json = try Command(options + ["--json", "--entity", "a b"]).wait()
        #expect(json.code == 0 && json.errors.isEmpty, "\(json)")
        #expect(json.output == Self.verdict(1) + "\n" + Self.alert + "\n")
        let text = try Command(options + ["--kind", "alert"]).wait()
        #expect(
            text.output == """
                03-01 12:00:01 press-7    commands       DENIED by rule-1
                03-01 12:00:09 press-7    telemetry      FIRING hot: 81 °C

                """)
        #expect(
            daemon.asked.map(\.target) == [
                "/decisions?entity=a%20b&limit=2", "/decisions?kind=alert&limit=2",
            ])
        let none = try Command(["decisions", "-n", "0", "--socket", socket]).wait()
        #expect(none.code == 0 && none.output.isEmpty)
    }

    @Test("a time is asked for as it is meant here, and all of it is read")
    func since() throws {
        let first = #"{"decisions":[\#(Self.verdict(2))],"next":"2"}"#
        let last = #"{"decisions":[\#(Self.verdict(1))]}"#
        let daemon = try PlayedDaemon(socket) { asked in
            .json(asked.target.contains("cursor=2") ? last : first)
        }
        let result = try Command(
            ["decisions", "--json", "--since", "2026-03-01T13:00:00+01:00", "--socket", socket]
        ).wait()
        #expect(result.output == Self.verdict(1) + "\n" + Self.verdict(2) + "\n", "\(result)")
        let since = "since=2026-03-01T12%3A00%3A00.000000Z"
        #expect(daemon.asked.first?.target == "/decisions?\(since)&limit=1000")
        #expect(daemon.asked.last?.target == "/decisions?\(since)&limit=1000&cursor=2")
    }

    @Test("--follow lists what is there and then shows what is heard, none of it twice")
    func follow() throws {
        let daemon = try PlayedDaemon(socket) { asked in
            switch asked.target {
            case "/decisions?limit=1":
                .json(#"{"decisions":[\#(Self.verdict(2))],"next":"7"}"#)
            case "/decisions?entity=press-7&limit=50&cursor=8":
                .json(#"{"decisions":[\#(Self.verdict(2)),\#(Self.verdict(1))]}"#)
            case "/events":
                .events(
                    "event: status\ndata: {}\n\n"
                        + "id: 8\nevent: decision\ndata: \(Self.verdict(3, entity: "b"))\n\n"
                        + "id: 9\nevent: alert\ndata: \(Self.alert)\n\n", staysOpen: true)
            case _: .json("{}", status: 500)
            }
        }
        for signal in [SIGTERM, SIGINT] {
            let command = try Command([
                "decisions", "-f", "--json", "--entity", "press-7", "--socket", socket,
            ])
            #expect(awaits { command.output.contains("id-9") }, "\(command.errors)")
            command.send(signal)
            let result = command.wait()
            #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
            let all = [Self.verdict(1), Self.verdict(2), Self.alert]
            #expect(result.output == all.map { $0 + "\n" }.joined())
        }
        let asked = daemon.asked
        #expect(asked.last?.fields["last-event-id"] == "7")
        #expect(asked.map(\.target).suffix(3).first == "/decisions?limit=1")
    }

    @Test("the only decision there is comes again and is shown once; what was missed is told")
    func only() throws {
        let page = #"{"decisions":[\#(Self.verdict(1))]}"#
        let daemon = try PlayedDaemon(socket) { asked in
            switch asked.fields["last-event-id"] {
            case nil: .json(page)
            case "0": .events("id: 1\nevent: decision\ndata: \(Self.verdict(1))\n\n")
            case "1":
                .events(
                    "event: missed\ndata: {\"after\":1,\"until\":5}\n\n"
                        + "id: 6\nevent: decision\ndata: \(Self.verdict(6))\n\n",
                    staysOpen: true)
            case _: .json("{}", status: 500)
            }
        }
        let command = try Command(["decisions", "-f", "--json", "--socket", socket])
        #expect(awaits { command.output.contains("id-6") }, "\(command.errors)")
        command.send(SIGTERM)
        let result = command.wait()
        #expect(result.output == Self.verdict(1) + "\n" + Self.verdict(6) + "\n", "\(result)")
        #expect(result.code == 0 && result.errors.contains("more decisions"), "\(result)")
        #expect(daemon.asked.count == 4)
    }

    @Test("that decisions cannot be told is said once, however often and by what it is heard")
    func fault() throws {
        let fault = #"{"of":"decisions","error":"the store is locked","code":"UNAVAILABLE"}"#
        let told = "event: fault\ndata: \(fault)\n\nevent: status\ndata: {}\n\n"
        let other = #"{"of":"status","error":"no status","code":"UNAVAILABLE"}"#
        let count = Mutex(0)
        let daemon = try PlayedDaemon(socket) { asked in
            guard asked.target == "/events" else { return .json(#"{"decisions":[]}"#) }
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst
                ? .events("event: fault\ndata: \(other)\n\n" + told + told)
                : .events(
                    told + "id: 6\nevent: decision\ndata: \(Self.verdict(6))\n\n", staysOpen: true)
        }
        let command = try Command(["decisions", "-f", "--json", "--socket", socket])
        #expect(awaits { command.output.contains("id-6") }, "\(command.errors)")
        command.send(SIGTERM)
        let result = command.wait()
        #expect(result.code == 0 && result.output == Self.verdict(6) + "\n", "\(result)")
        #expect(
            result.errors
                == "jameyctl: decisions cannot be told at this moment: the store is locked\n")
        _ = daemon
    }

    @Test("a daemon that is gone, or is none, is told of")
    func foreign() throws {
        let absent = try Command(["decisions", "-f", "--socket", socket]).wait()
        #expect(absent.code == 69 && absent.output.isEmpty, "\(absent)")
        let answers = ["{}", "[]", #"{"decisions":[{}]}"#, #"{"decisions":[1,]}"#, "x"]
        for answer in answers {
            let daemon = try PlayedDaemon(socket) { _ in .json(answer) }
            let result = try Command(["decisions", "--socket", socket]).wait()
            #expect(result.code == 69 && result.output.isEmpty, "\(answer): \(result)")
            _ = daemon
        }
    }
}
