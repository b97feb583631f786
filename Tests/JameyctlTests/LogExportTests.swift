import Core
import Proof
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl log export")
struct LogExportTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("every kind of event is one line, as it is documented")
    func lines() throws {
        var properties = MessageProperties(
            responseTopic: "answers/me", correlationData: [0xFF, 0], contentType: "text/plain")
        properties.user = [.init(name: "a", value: "1"), .init(name: "a", value: "2")]
        let at = Timestamp(microseconds: 1_772_366_400_123_456)
        func line(_ body: Event.Body) -> String {
            String(decoding: Event(sequence: 7, at: at, body: body).json, as: UTF8.self)
        }
        let head = #"{"seq":7,"at":"2026-03-01T12:00:00.123456Z","#
        let text = Message(topic: "plant/ä", payload: Array("a\n\"é".utf8), qos: .atLeastOnce)
        #expect(
            line(.message(text)) == head
                + #""topic":"plant/ä","qos":1,"retain":false,"payload":"a\n\"é"}"#)
        let bytes = Message(topic: "t", payload: [0xC3, 0x28], retain: true)
        #expect(
            line(.message(bytes)) == head
                + #""topic":"t","qos":0,"retain":true,"payload_base64":"wyg="}"#)
        let rich = Message(topic: "t", payload: [], properties: properties)
        #expect(
            line(.message(rich)) == head
                + #""topic":"t","qos":0,"retain":false,"#
                + #""properties":{"response_topic":"answers/me","#
                + #""correlation_data_base64":"/wA=","content_type":"text/plain","#
                + #""user":[["a","1"],["a","2"]]},"payload":""}"#)
        #expect(
            line(.ruleset(digest: "sha256:0")) == head + #""kind":"ruleset","digest":"sha256:0"}"#)
        #expect(
            line(.control(.change(.forget(7), author: "ann"))) == head
                + #""kind":"control","control":{"request":"memory.forget","id":7,"#
                + #""user_id":"ann"}}"#)
        #expect(line(.tick) == head + #""kind":"tick"}"#)
    }

    @Test("telemetry is found by topic, which names its entity, and by time")
    func selection() throws {
        let writer = try scratch.writer()
        #expect(try sequences("--after", "1h") == [])
        try writer.commit(
            events: (1...6).map { number in
                message(
                    number,
                    Message(
                        topic: "plant/a/press-\(number % 3)/telemetry", payload: Array("1".utf8)))
            })
        try writer.commit(
            events: [Event(sequence: 7, at: Timestamp(microseconds: 7_000_007), body: .tick)])
        #expect(try sequences("--topic", "plant/+/press-1/#") == [1, 4])
        #expect(try sequences("--topic", "#") == Array(1...6))
        #expect(try sequences("--after", "1970-01-01T00:00:05Z") == [5, 6, 7])
        #expect(try sequences("--before", "1970-01-01T00:00:02.000002Z") == [1])
        #expect(
            try sequences(
                "--after", "1970-01-01T00:00:02.000002Z", "--before", "1970-01-01T00:00:05Z",
                "--topic", "plant/a/press-2/telemetry") == [2])
        #expect(try sequences("--after", "1970-01-01T00:00:01Z", "--from", "6") == [6, 7])
        #expect(try sequences("--after", "1h") == [])
        for arguments in [["--topic", "a/#/b"], ["--after", "soon"], ["--before", "x"]] {
            #expect(try Command(["log", "export"] + arguments).wait().code == 64)
        }
    }

    private func sequences(_ options: String...) throws -> [Int64] {
        let result = try Command(["log", "export", "--database", scratch.store] + options).wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        return try result.lines.map {
            try #require(try JSONScanner.scan(Array($0.utf8))["seq"]?.int)
        }
    }

    @Test("a part is chosen by its first, its last, or the last of an earlier export")
    func parts() throws {
        let writer = try scratch.writer()
        #expect(try sequences() == [])
        let count = EventSequence(Limits.readPageRows + 100)
        try writer.commit(events: (1...count).map { message($0) })
        #expect(try sequences() == Array(1...count))
        #expect(try sequences("--from", "5", "--to", "7") == [5, 6, 7])
        #expect(try sequences("--since", "\(count - 2)") == [count - 1, count])
        #expect(try sequences("--since", "0", "--to", "1") == [1])
        #expect(try sequences("--from", "\(count + 1)") == [])
        #expect(try sequences("--from", "9", "--to", "3") == [])
        for options in [["--since", "1", "--from", "1"], ["--to=-1"], ["--from", "x"]] {
            #expect(try Command(["log", "export"] + options).wait().code == 64)
        }
    }

    @Test("a reader that has enough ends it quietly; a full disk is told")
    func output() throws {
        let payload = Array(String(repeating: "x", count: 10_000).utf8)
        let writer = try scratch.writer()
        try writer.commit(
            events: (1...100).map { message($0, Message(topic: "t", payload: payload)) })
        let script = "\"$0\" log export --database \"$1\" | head -n 1; exit ${PIPESTATUS[0]}"
        let piped = try Command(
            ["-c", script, Command.path, scratch.store], program: "/bin/bash"
        ).wait()
        #expect(piped.code == 0 && piped.errors.isEmpty && piped.lines.count == 1)
        let full = try Command(
            ["log", "export", "--database", scratch.store], output: "/dev/full"
        ).wait()
        #expect(full.code == 74)
        #expect(
            full.errors == "jameyctl: the output cannot be written: No space left on device\n")
    }

    @Test("damage is told with its place, after the events before it")
    func damage() throws {
        let writer = try scratch.writer()
        let count = EventSequence(Limits.readPageRows * 4)
        let text = Message(topic: "t", payload: [UInt8](repeating: 0x61, count: 200))
        try writer.commit(events: (1...count).map { message($0, text) })
        try writer.close()
        var bytes = try TextFile.readBytes(scratch.store, bytesMax: 4 << 20) { _ in nil }
        // A page in the last quarter of the file, which the last quarter of the log fills.
        let page = bytes.count / 4_096 * 7 / 8 * 4_096
        bytes.replaceSubrange(page..<page + 4_096, with: [UInt8](repeating: 0xA5, count: 4_096))
        try scratch.write("jamey.db", bytes)
        let result = try Command.run("log", "export", "--database", scratch.store)
        #expect(result.code == 65)
        #expect(result.lines.count >= Limits.readPageRows)
        #expect(result.errors.contains("damaged") && result.errors.contains("restore a backup"))
    }
}
