import Core
import Foundation
import Glibc
import Testing

@testable import jameyctl

@Suite("jameyctl and the daemon: where, as whom, and what goes wrong")
struct DaemonAccessTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    /// Asks for the status, with these variables and no others of ours.
    private func status(
        _ arguments: [String], with more: [String: String] = [:]
    ) throws -> Command.Result {
        var environment = ProcessInfo.processInfo.environment
        for name in ["JAMEY_URL", "JAMEY_KEY_FILE"] { environment[name] = more[name] }
        return try Command(["status"] + arguments, environment: environment).wait()
    }

    private func key(_ text: String, mode: mode_t = 0o600) throws -> String {
        let path = try scratch.write("key", text)
        try #require(chmod(path, mode) == 0)
        return path
    }

    private let online = #"{"status":"online","components":{}}"#

    // MARK: Where

    @Test("where nobody listens, it says what to do and exits with 69")
    func absent() throws {
        let missing = try status(["--socket", socket])
        #expect(missing.code == 69 && missing.output.isEmpty)
        #expect(missing.errors.contains("no agent answers at \(socket)"))
        #expect(missing.errors.contains("systemctl start jameyd"))
        // A file that an agent has left, where nobody listens any longer.
        try scratch.write("api.sock", "")
        #expect(try status(["--socket", socket]).code == 69)
        let refused = try status(["--url", "http://127.0.0.1:1"])
        #expect(refused.code == 69 && refused.errors.contains("Connection refused"))
    }

    @Test("what is told on standard error cannot rewrite a terminal, wherever it comes from")
    func hostilePlace() throws {
        let result = try status(["--socket", scratch.directory + "/a\u{1B}[2J\u{9B}1m.sock"])
        #expect(result.code != 0, "\(result)")
        #expect(result.errors.contains("/a\u{FFFD}[2J\u{FFFD}1m.sock"), "\(result)")
    }

    @Test("the environment names the place where the command line does not")
    func environment() throws {
        let elsewhere = try status([], with: ["JAMEY_URL": "http://127.0.0.1:1"])
        #expect(elsewhere.code == 69 && elsewhere.errors.contains("http://127.0.0.1:1"))
        let daemon = try PlayedDaemon(socket) { _ in .json(#"{"error":"x","code":"Y"}"#) }
        let here = try status(["--socket", socket], with: ["JAMEY_URL": "http://127.0.0.1:1"])
        #expect(daemon.asked.count == 1, "\(here)")
        let wrong = try status([], with: ["JAMEY_URL": "edge-1"])
        #expect(wrong.code == 64 && wrong.errors.contains("http://host:port"))
    }

    @Test(
        "a wrong command line exits with 64",
        arguments: [
            ["--url", "edge-1:8642"], ["--url", "http://ada:secret@edge-1:8642"],
            ["--socket", "/run/a", "--url", "http://127.0.0.1:8642"],
            ["--ca", "ca.pem", "--url", "http://127.0.0.1:8642"],
            ["--ca", "ca.pem", "--socket", "/run/a"],
            ["--socket", String(repeating: "x", count: 108)], ["--socket", ""],
        ])
    func commandLine(_ arguments: [String]) throws {
        #expect(try status(arguments).code == 64)
    }

    @Test("requests by the local socket are HTTP/1.1 with a host, and are one each")
    func request() throws {
        let answer = online
        let daemon = try PlayedDaemon(socket) { _ in .json(answer) }
        #expect(try status(["--socket", socket]).code == 0)
        let asked = try #require(daemon.asked.first)
        #expect(daemon.asked.count == 1 && asked.method == "GET" && asked.target == "/status")
        #expect(asked.fields["host"] == "localhost" && asked.fields["authorization"] == nil)
        #expect(asked.fields["user-agent"] == "jameyctl/\(Version.number)")
    }

    // MARK: As whom

    @Test("the key of a file is shown, without its line end; the environment's goes to URLs only")
    func keys() throws {
        let answer = online
        let daemon = try PlayedDaemon(socket) { _ in .json(answer) }
        let file = try key("jamey_0a1b2c3d4e5f_secret\r\n")
        #expect(try status(["--socket", socket, "--key-file", file]).code == 0)
        #expect(
            daemon.asked.last?.fields["authorization"] == "Bearer jamey_0a1b2c3d4e5f_secret")
        #expect(try status(["--socket", socket], with: ["JAMEY_KEY_FILE": file]).code == 0)
        #expect(daemon.asked.count == 2 && daemon.asked.last?.fields["authorization"] == nil)
        // With a URL it is read.
        let open = try key("jamey_key", mode: 0o644)
        let refused = try status(
            ["--url", "http://127.0.0.1:1"], with: ["JAMEY_KEY_FILE": open])
        #expect(refused.code == 77)
    }

    @Test(
        "a key that others can read is not shown",
        arguments: [0o604, 0o602, 0o601, 0o644, 0o666] as [mode_t])
    func openKey(_ mode: mode_t) throws {
        let file = try key("jamey_key\n", mode: mode)
        let result = try status(["--socket", socket, "--key-file", file])
        #expect(result.code == 77 && result.errors.contains("chmod 600 \(file)"))
        #expect(!result.errors.contains("jamey_key"))
    }

    @Test("files that hold no key are refused with their codes")
    func noKeys() throws {
        for text in ["", "\n", "two words", "two\nlines\n", "bell\u{7}", "ä"] {
            let result = try status(["--socket", socket, "--key-file", try key(text)])
            #expect(result.code == 65, "\(text): \(result)")
        }
        let long = try key(String(repeating: "x", count: Limits.tokenBytesMax + 1))
        #expect(try status(["--socket", socket, "--key-file", long]).code == 65)
        let none = scratch.directory + "/none"
        #expect(try status(["--socket", socket, "--key-file", none]).code == 66)
        #expect(
            try status(["--socket", socket, "--key-file", scratch.directory]).code == 65)
    }

    @Test("a key is never sent where others could read it on the way")
    func plainText() throws {
        let file = try key("jamey_key\n")
        let result = try status(["--url", "http://edge-1.example:8642", "--key-file", file])
        #expect(result.code == 64 && result.errors.contains("https"))
    }

    @Test("a key is no part of what is printed of it")
    func secret() throws {
        let key = try DaemonKey.read(try key("jamey_secret"))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("jamey_secret"))
        }
    }

    // MARK: What is answered

    @Test(
        "a refusal is told with its code, what to do, and an exit code",
        arguments: [
            (400, 65, "CODE"), (401, 77, "--key-file"), (403, 77, "another role"),
            (404, 1, "CODE"), (405, 65, "CODE"), (409, 65, "CODE"), (412, 65, "CODE"),
            (413, 65, "CODE"), (422, 65, "CODE"), (428, 65, "CODE"),
            (429, 75, "try again in 7s"), (500, 70, "CODE"), (503, 75, "try again in 7s"),
        ] as [(Int, Int32, String)])
    func refusals(_ status: Int, _ code: Int32, _ advice: String) throws {
        let daemon = try PlayedDaemon(socket) { _ in
            .json(
                #"{"error":"that cannot be","code":"SOME_CODE"}"#, status: status,
                fields: ["Retry-After": "7"])
        }
        let result = try self.status(["--socket", socket])
        #expect(result.code == code && result.output.isEmpty, "\(result)")
        #expect(result.errors.hasPrefix("jameyctl: that cannot be (SOME_CODE)"), "\(result)")
        #expect(result.errors.contains(advice), "\(result)")
        #expect(daemon.asked.count == 1)
    }

    @Test("errors in rules are told with their places, and texts cannot rewrite a terminal")
    func details() throws {
        let daemon = try PlayedDaemon(socket) { _ in
            .json(
                #"""
                {"error":"wrong \u001b[2J","code":"RULES_REFUSED","details":"at length","errors":[
                {"file":"a.yaml","line":3,"column":5,"message":"unknown key","hint":"when?"}]}
                """#, status: 422)
        }
        let result = try status(["--socket", socket])
        #expect(result.code == 65 && !result.errors.contains("\u{1B}"))
        #expect(result.errors.contains("at length\na.yaml:3:5: unknown key (when?)"), "\(result)")
        _ = daemon
    }

    @Test(
        "what answers and is no jameyd is told of",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 69),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 69),
            ("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 69),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 69),
            ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}", 69),
            ("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", 69),
            ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", 75),
            ("SSH-2.0-OpenSSH_9.2\r\n\r\n", 69),
            // It breaks off: whether it was done cannot be known.
            ("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 75), ("", 75),
        ] as [(String, Int32)])
    func foreign(_ answer: String, _ code: Int32) throws {
        let daemon = try PlayedDaemon(socket) { _ in .raw(answer) }
        let result = try status(["--socket", socket])
        #expect(result.code == code && result.output.isEmpty, "\(result)")
        #expect(result.errors.hasPrefix("jameyctl: "), "\(result)")
        _ = daemon
    }

    @Test("an agent that does not know a route is not taken for one that lacks the thing")
    func unrouted() throws {
        let daemon = try PlayedDaemon(socket) { _ in
            .json(#"{"error":"there is no such route","code":"NOT_FOUND"}"#, status: 404)
        }
        for words in [["memory", "show", "7"], ["keys", "list"], ["soul", "show", "x"]] {
            let result = try Command(words + ["--socket", socket]).wait()
            #expect(result.code == 69, "\(words): \(result)")
            #expect(result.errors.contains("this agent knows no such route: it is older"))
        }
        #expect(daemon.asked.count == 3)
    }

    @Test("after a change that may have been made, one is told to look before it is tried again")
    func maybeDone() async throws {
        let daemon = try PlayedDaemon(socket) { asked in
            switch asked.target {
            case "/slow": .raw("", staysOpen: true)
            case "/broken": .raw("")
            case "/proxy": .raw("HTTP/1.1 504 Late\r\nContent-Length: 0\r\n\r\n")
            case "/much": .json(#"{"error":"x","code":"TOO_MANY"}"#, status: 429)
            case _: .json(#"{"error":"x","code":"UNAVAILABLE"}"#, status: 503)
            }
        }
        let client = DaemonClient(.socket(socket))
        func told(_ method: DaemonRequest.Method) async -> [String: Bool] {
            await onThread {
                var looks: [String: Bool] = [:]
                let paths: [DaemonPath] = ["/slow", "/broken", "/proxy", "/much", "/unavailable"]
                for path in paths {
                    var request = DaemonRequest(method, path)
                    if path.text == "/slow" { request.patience = .milliseconds(50) }
                    do throws(Ending) { _ = try client.ask(request) } catch {
                        let text = error.text ?? ""
                        #expect(error.code == 75 && text.contains("try again"), "\(text)")
                        looks[path.text] = text.contains("look whether it was done")
                    }
                }
                return looks
            }
        }
        let changed = await told(.post)
        #expect(changed.count == 5 && changed["/much"] == false, "\(changed)")
        #expect(changed.values.count { $0 } == 4, "\(changed)")
        let read = await told(.get)
        #expect(read.count == 5 && read.values.allSatisfy { !$0 }, "\(read)")
        _ = daemon
    }

    @Test("an answer that does not come, or has too many bytes, is not waited for without end")
    func bounds() async throws {
        let daemon = try PlayedDaemon(socket) { asked in
            asked.target == "/slow"
                ? .raw("", staysOpen: true) : .json(#"{"a":"0123456789"}"#)
        }
        let client = DaemonClient(.socket(socket))
        let codes = await onThread {
            var slow = DaemonRequest(.get, "/slow")
            slow.patience = .milliseconds(50)
            var large = DaemonRequest(.get, "/large")
            large.answerBytesMax = 10
            return [slow, large].map { request -> Int32 in
                do throws(Ending) { return Int32(try client.answer(to: request).status) } catch {
                    return error.code
                }
            }
        }
        #expect(codes == [75, 74])
        _ = daemon
    }

    @Test("lists are read page by page, as many elements as are wanted")
    func lists() async throws {
        let daemon = try PlayedDaemon(socket) { asked in
            switch asked.target {
            case "/keys?limit=3": .json(#"{"keys":[1,2],"next":"b"}"#)
            case "/keys?limit=1&cursor=b": .json(#"{"keys":[3],"next":"c"}"#)
            case "/keys?limit=1000": .json(#"{"keys":[],"next":"d"}"#)
            case "/keys?limit=1000&cursor=d": .json(#"{"keys":[4]}"#)
            case _: .json(#"{"keys":[5],"next":"same"}"#)
            }
        }
        let client = DaemonClient(.socket(socket))
        let found = await onThread {
            [3, 5_000, 2].map { limit -> Result<DaemonList, Ending> in
                Result { () throws(Ending) in try client.list("/keys", "keys", limit: limit) }
            }
        }
        let (few, all) = (try found[0].get(), try found[1].get())
        #expect(few.elements.map(\.int) == [1, 2, 3] && few.isMore && few.next == "c")
        #expect(all.elements.map(\.int) == [4] && !all.isMore)
        #expect(all.pieces.map { String(decoding: $0.line, as: UTF8.self) } == ["4"])
        // A server that would have us read the same page for ever.
        #expect(throws: Ending.self) { try found[2].get() }
        #expect(daemon.asked.count == 6)
    }

    // MARK: TLS

    @Test(
        "with https the certificate must be of an authority that is trusted",
        .enabled(if: TLSDaemon.isPossible))
    func tls() throws {
        let daemon = try TLSDaemon(scratch, answer: online)
        for host in ["127.0.0.1", "localhost"] {
            let url = "https://\(host):\(daemon.port)"
            let trusted = try status(["--url", url, "--ca", daemon.certificate])
            #expect(trusted.code == 0, "\(trusted)")
            let untrusted = try status(["--url", url])
            #expect(untrusted.code == 69 && untrusted.errors.contains("--ca"), "\(untrusted)")
        }
        let file = try key("jamey_key")
        let url = "https://127.0.0.1:\(daemon.port)"
        #expect(
            try status(["--url", url, "--ca", daemon.certificate, "--key-file", file]).code == 0)
        // A file that is no certificate, and one that is not there.
        #expect(try status(["--url", url, "--ca", file]).code == 69)
        #expect(try status(["--url", url, "--ca", file + "-none"]).code == 66)
        // HTTP to a port of HTTPS.
        #expect(try status(["--url", "http://127.0.0.1:\(daemon.port)"]).code != 0)
    }
}
