import Core
import Store
import Testing

@testable import API

@Suite("Server-sent events as bytes")
struct ServerSentEventTests {
    private func text(_ event: ServerSentEvent) -> String {
        String(decoding: event.bytes, as: UTF8.self)
    }

    @Test("an event is its fields, each on a line, and an empty line")
    func fields() {
        let event = ServerSentEvent("alert", id: "7", data: Array(#"{"a":1}"#.utf8))
        #expect(text(event) == "id: 7\nevent: alert\ndata: {\"a\":1}\n\n")
        #expect(text(ServerSentEvent("status", data: [])) == "event: status\ndata: \n\n")
    }

    @Test(
        "the end of a line inside of the data begins another line of data",
        arguments: [
            ("a\nb", "data: a\ndata: b\n"), ("a\r\nb", "data: a\ndata: b\n"),
            ("a\rb", "data: a\ndata: b\n"), ("\n", "data: \ndata: \n"),
            ("a\n\rb", "data: a\ndata: \ndata: b\n"),
            ("a\n\nevent: x", "data: a\ndata: \ndata: event: x\n"),
        ])
    func lines(_ data: String, _ lines: String) {
        let event = ServerSentEvent("decision", data: Array(data.utf8))
        #expect(text(event) == "event: decision\n\(lines)\n")
    }

    @Test("a decision goes by the name of its kind, with its row as the id")
    func kinds() {
        for (kind, name) in [(Decision.Kind.verdict, "decision"), (.alert, "alert")] {
            let decision = Decision(
                id: "d", kind: kind, at: Timestamp(microseconds: 0), eventSequence: 1, route: "r",
                entity: "e", isPositive: true, json: Array("{}".utf8))
            let event = ServerSentEvent(StoredDecision(row: 41, decision: decision))
            #expect(text(event) == "id: 41\nevent: \(name)\ndata: {}\n\n")
        }
    }
}
