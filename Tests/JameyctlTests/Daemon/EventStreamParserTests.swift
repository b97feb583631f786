import Core
import Testing

@testable import jameyctl

@Suite("Server-sent events, read")
struct EventStreamParserTests {
    private func read(_ text: String) throws -> [ServerEvent] {
        var parser = EventStreamParser()
        return try parser.read(text.utf8)
    }

    private func event(_ name: String, _ data: String, id: String = "") -> ServerEvent {
        ServerEvent(name: name, id: id, data: Array(data.utf8))
    }

    @Test("an event has its name, its data and the id to go on after")
    func plain() throws {
        let events = try read("id: 17\nevent: decision\ndata: {\"a\":1}\n\n")
        #expect(events == [event("decision", "{\"a\":1}", id: "17")])
    }

    @Test("lines end with LF, CR or both, and a piece may end anywhere")
    func pieces() throws {
        let lines = [
            "id: 7", "event: alert", "data: hot", "data: and loud", "", ": still here", "",
        ]
        let wanted = [event("alert", "hot\nand loud", id: "7")]
        for end in ["\n", "\r", "\r\n"] {
            let bytes = Array(lines.map { $0 + end }.joined().utf8)
            for cut in 0...bytes.count {
                var parser = EventStreamParser()
                let events = try parser.read(bytes[..<cut]) + parser.read(bytes[cut...])
                #expect(events == wanted, "cut at \(cut), lines end with \(Array(end.utf8))")
            }
            var parser = EventStreamParser()
            var events: [ServerEvent] = []
            for byte in bytes { events += try parser.read([byte]) }
            #expect(events == wanted, "byte by byte, lines end with \(Array(end.utf8))")
        }
    }

    @Test("an id holds for the events behind it, an empty one ends that, one with a zero is none")
    func ids() throws {
        let text = "id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n"
        #expect(
            try read(text) == [
                event("message", "a", id: "1"), event("message", "b", id: "1"),
                event("message", "c", id: "1"), event("message", "d"),
            ])
    }

    @Test("one blank behind the colon is no part of the value; a line without a colon has none")
    func values() throws {
        #expect(
            try read("data:a\ndata:  b\ndata\n\nevent:x\ndata\n\n") == [
                event("message", "a\n b\n"), event("x", ""),
            ])
    }

    @Test("comments, unknown fields, a byte order mark and events without data are passed over")
    func passedOver() throws {
        #expect(try read(":\n\n: hello\n\nretry: 10\nother: x\n\nevent: status\n\n").isEmpty)
        #expect(try read("\u{FEFF}data: a\n\n") == [event("message", "a")])
        // Only at the beginning.
        #expect(try read("data: a\n\n\u{FEFF}data: b\n\n") == [event("message", "a")])
    }

    @Test("what has not ended is no event yet")
    func unfinished() throws {
        #expect(try read("data: a\n").isEmpty)
        #expect(try read("data: a\n\ndata: b").count == 1)
    }

    @Test("the name of an event is that event's alone")
    func names() throws {
        let events = try read("event: alert\ndata: a\n\ndata: b\n\n")
        #expect(events.map(\.name) == ["alert", "message"])
    }

    @Test("an event that is too large is an error, as one line and as many")
    func tooLarge() {
        let half = String(repeating: "x", count: Limits.daemonEventBytesMax / 2 + 1)
        #expect(throws: ConnectionFault.tooLarge(bytesMax: Limits.daemonEventBytesMax)) {
            try read("data: " + half + half)
        }
        #expect(throws: ConnectionFault.tooLarge(bytesMax: Limits.daemonEventBytesMax)) {
            try read("data: \(half)\ndata: \(half)\n")
        }
        // Each by itself is not.
        #expect(throws: Never.self) { try read("data: \(half)\n\ndata: \(half)\n\n") }
    }
}
