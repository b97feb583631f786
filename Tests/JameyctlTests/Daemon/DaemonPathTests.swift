import ArgumentParser
import Core
import Testing

@testable import jameyctl

@Suite("Where the daemon is asked")
struct DaemonPathTests {
    @Test("what is put into a path stays one segment, whatever it holds")
    func segments() {
        let names = ("line 1/press-7", "ä?&#%")
        let path: DaemonPath = "/alerts/\(names.0)/\(names.1)/ack"
        #expect(path.text == "/alerts/line%201%2Fpress-7/%C3%A4%3F%26%23%25/ack")
        #expect(("/memory/\(Int64(12))" as DaemonPath).text == "/memory/12")
        #expect(("/status" as DaemonPath).text == "/status")
    }

    @Test("parameters of a query are encoded, keep their order, and are left out where nil")
    func query() {
        let request = DaemonRequest(
            .get, "/memory",
            query: [("query", "a+b c"), ("entity", nil), ("tags", "hot"), ("tags", "é&")])
        #expect(request.target == "/memory?query=a%2Bb%20c&tags=hot&tags=%C3%A9%26")
        #expect(DaemonRequest(.get, "/status", query: [("limit", nil)]).target == "/status")
    }

    @Test(
        "URLs are read",
        arguments: [
            ("http://127.0.0.1:8642", "http://127.0.0.1:8642", true),
            ("https://edge-1.example:8643/", "https://edge-1.example:8643", false),
            ("HTTPS://edge_1", "https://edge_1", false),
            ("http://[::1]:8642", "http://[::1]:8642", true),
            ("http://[2001:db8::7]", "http://[2001:db8::7]", false),
            ("http://localhost:1", "http://localhost:1", true),
            ("http://127.evil.example:8642", "http://127.evil.example:8642", false),
        ])
    func urls(_ text: String, _ written: String, _ isLoopback: Bool) throws {
        let url = try DaemonURL(text)
        #expect(url.text == written && url.isLoopback == isLoopback)
        #expect(url.isEncrypted == written.hasPrefix("https"))
    }

    @Test(
        "what is no URL of an agent is refused",
        arguments: [
            "", "edge-1:8642", "ftp://edge-1", "http://", "http://:8642", "http://edge-1:0",
            "http://edge-1:65536", "http://edge-1:x", "http://edge-1/status", "http://a b",
            "http://[::1", "http://[::1]x", "http://[edge]:1", "http://ada:key@edge-1:8642",
            "http://edge-1?x=1", "http://::1:8642",
        ])
    func noURLs(_ text: String) {
        #expect(throws: ValidationError.self) { try DaemonURL(text) }
    }
}
