import Core
import HTTPTypes
import Hummingbird
import Testing

@testable import API

@Suite("Parameters of a query")
struct ParametersTests {
    private func query(
        _ text: String, knowing known: [String] = ["a", "b"], repeating: [String] = []
    ) throws(APIError) -> QueryParameters {
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: "localhost", path: "/x?" + text)
        return try QueryParameters(
            Request(head: head, body: RequestBody(buffer: ByteBuffer())), knowing: known,
            repeating: repeating)
    }

    /// The code with which a query is refused; nil where it is not.
    private func code(
        _ text: String, knowing known: [String] = ["a", "b"],
        _ read: (QueryParameters) throws(APIError) -> Void = { _ in }
    ) -> String? {
        do throws(APIError) {
            try read(query(text, knowing: known))
            return nil
        } catch { return error.status == .badRequest ? error.code : "\(error.status)" }
    }

    @Test("texts, numbers and choices are read by their names")
    func kinds() throws {
        let found = try query("a=x+y&b=12")
        #expect(try found.text("a") == "x y")
        #expect(try found.integer("b", in: 1...12) == 12)
        #expect(try found.text("c") == nil)
        #expect(try query("a").text("a", bytes: 0...1) == "")
        #expect(try query("a=1=2&&b=").text("a") == "1=2")
        #expect(try query("a=2&a=1&a=2", repeating: ["a"]).texts("a") == ["2", "1"])
        #expect(try query("a=long-term").choice("a", of: Memory.Layer.self) == .longTerm)
        let number = code("b=13") { (query) throws(APIError) in
            _ = try query.integer("b", in: 1...12)
        }
        #expect(number == "BAD_B")
        let empty = code("a=") { (query) throws(APIError) in _ = try query.text("a") }
        #expect(empty == "BAD_A")
        let missing = code("") { (query) throws(APIError) in _ = try query.requiredText("a") }
        #expect(missing == "BAD_A")
        #expect(code("a=1&a=1") == "BAD_A")
        #expect(code("c=1") == "BAD_PARAMETER")
    }

    @Test("a limit has a default and bounds")
    func limits() throws {
        let names = ["limit", "cursor"]
        #expect(try query("", knowing: names).limit() == Limits.apiPageDefault)
        #expect(try query("limit=1000", knowing: names).limit() == 1_000)
        #expect(try query("cursor=7", knowing: names).numberCursor() == 7)
        for text in ["limit=0", "limit=1001", "limit=%2B1", "limit=9223372036854775808"] {
            let found = code(text, knowing: names) { (query) throws(APIError) in
                _ = try query.limit()
            }
            #expect(found == "BAD_LIMIT", "\(text)")
        }
    }

    @Test("times are RFC 3339 or ages, and the end is behind the beginning")
    func times() throws {
        let now = Timestamp(microseconds: 1_772_366_400_000_000)
        func span(_ text: String) throws(APIError) -> TimeSpan {
            try TimeSpan(query(text, knowing: TimeSpan.names), now: now)
        }
        let age = try span("since=1h30m")
        #expect(age.since == now + .seconds(-5_400) && age.until == nil)
        let offset = try span("until=2026-03-01T13:00:00+01:00")
        #expect(offset.until == now && offset.since == nil)
        #expect(try span("since=2h&until=1h").until == now + .seconds(-3_600))
        for (text, name) in [
            ("since=1h&until=2h", "BAD_UNTIL"), ("since=1h&until=1h", "BAD_UNTIL"),
            ("since=now", "BAD_SINCE"), ("since=", "BAD_SINCE"), ("until=2026-03-01", "BAD_UNTIL"),
        ] {
            let found = code(text, knowing: TimeSpan.names) { (query) throws(APIError) in
                _ = try TimeSpan(query, now: now)
            }
            #expect(found == name, "\(text)")
        }
    }
}
