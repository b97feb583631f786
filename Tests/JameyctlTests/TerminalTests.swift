import Core
import Mind
import ProofTestSupport
import Testing

@testable import jameyctl

@Suite("The command on a terminal")
struct TerminalTests {
    /// With the store that the commands read.
    private let recording: Recording
    /// A command that has colours.
    private let difference: [String]

    init() throws {
        recording = try Recording(PressRules.yaml())
        let old = try #require(recording.mind.ruleset?.digest)
        try recording.live(300, seed: 7, reloads: false)
        try recording.activate(PressRules.yaml(limit: 9))
        difference = ["rules", "diff", old, "active", "--database", recording.path]
    }

    @Test("texts have colours on a terminal")
    func colours() throws {
        let shown = try Terminal.shown(difference)
        #expect(shown.code == 1)
        #expect(shown.text.contains("\u{1B}[33m~ rule no-harm\u{1B}[0m\n"), "\(shown)")
        // Empty is as good as not set (no-color.org).
        #expect(try Terminal.shown(difference, with: ["NO_COLOR": ""]).text == shown.text)
    }

    @Test("NO_COLOR keeps them plain")
    func refused() throws {
        let shown = try Terminal.shown(difference, with: ["NO_COLOR": "1"])
        #expect(shown.code == 1)
        #expect(shown.text.contains("~ rule no-harm\n"), "\(shown)")
        #expect(!shown.text.contains("\u{1B}"), "\(shown)")
    }

    @Test("a pipe has none, though it ends on a terminal")
    func piped() throws {
        let shown = try Terminal.shown(
            ["-c", "\"$@\" | cat", "sh", Command.path] + difference, program: "/bin/sh")
        #expect(shown.code == 0)
        #expect(shown.text.contains("~ rule no-harm\n"), "\(shown)")
        #expect(!shown.text.contains("\u{1B}"), "\(shown)")
        let filed = try Command(difference).wait()
        #expect(filed.code == 1 && filed.output == shown.text, "\(filed)")
    }

    @Test("JSON on a terminal has nothing that it would obey, and means the same")
    func json() throws {
        let text = "a\u{9B}31m\u{202E}b\u{7F}\u{2028}é 東"
        let body = #"{"status":"online","reason":"\#(text)","components":{}}"#
        let scratch = try Scratch()
        let socket = scratch.directory + "/api.sock"
        let daemon = try PlayedDaemon(socket) { _ in .json(body) }
        let arguments = ["status", "--json", "--socket", socket]
        let shown = try Terminal.shown(arguments)
        #expect(shown.code == 0)
        #expect(shown.text.contains(#"a\u009b31m\u202eb\u007f\u2028é 東"#), "\(shown)")
        let read = try JSONScanner.scan(Array(shown.text.utf8))
        #expect(read["reason"]?.string == text)
        // For a program nothing is another.
        #expect(try Command(arguments).wait().output == body + "\n")
        #expect(daemon.asked.count == 2)
        let raw = Array("{\"a\":\"\u{1B}[2J\",\n\t\"b\":1}".utf8)
        let fit = String(decoding: TerminalJSON.text(raw), as: UTF8.self)
        #expect(fit == "{\"a\":\"\\u001b[2J\",\n\t\"b\":1}")
    }

    @Test("a bar shows how far a replay is, on one line, and is gone at the end")
    func bar() throws {
        let shown = try Terminal.shown(["replay", "--database", recording.path])
        #expect(shown.code == 0)
        let count = recording.mind.sequence
        #expect(shown.text.contains("] 100 %  \(count) of \(count) events"), "\(shown)")
        let lines = shown.text.split { $0 == "\r" || $0 == "\n" }
        #expect(lines.allSatisfy { $0.replacing("\u{1B}[K", with: "").count <= 80 }, "\(lines)")
        let end = try #require(lines.lastIndex { $0.hasPrefix("\u{1B}[K") }, "\(lines)")
        #expect(lines[end].hasPrefix("\u{1B}[Kevents "), "\(lines)")
        #expect(lines.last == "all agree")
    }
}
