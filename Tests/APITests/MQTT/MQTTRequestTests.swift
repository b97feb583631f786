import Core
import HTTPTypes
import Testing

@testable import API

@Suite("Requests by MQTT, read")
struct MQTTRequestTests {
    private func read(_ json: String, token: String? = nil) throws -> MQTTRequest {
        try MQTTRequest(try JSONScanner.scan(Array(json.utf8)), token: token)
    }

    @Test("method, path, headers and a JSON body become a request of HTTP")
    func whole() throws {
        let request = try read(
            #"{"method":"POST","path":"/memory?x=%20","headers":{"X-Message":"why"},"#
                + #""body":{"a":[1,null]}}"#)
        #expect(request.head.method == .post && request.head.path == "/memory?x=%20")
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"a":[1,null]}"#)
        #expect(request.head.headerFields[.contentType] == "application/json")
        #expect(request.head.headerFields[.contentLength] == "14")
        #expect(request.head.headerFields.contains { $0.name.canonicalName == "x-message" })
        #expect(!request.hasCredentials)
    }

    @Test("a text is the body as it is; no body has no type")
    func bodies() throws {
        let text = try read(#"{"method":"PUT","path":"/","body":"rules: []"}"#)
        #expect(text.body == Array("rules: []".utf8))
        #expect(text.head.headerFields[.contentType] == "text/plain; charset=utf-8")
        let typed = try read(
            #"{"method":"PUT","path":"/","headers":{"content-type":"application/yaml"},"#
                + #""body":"a"}"#)
        #expect(typed.head.headerFields[.contentType] == "application/yaml")
        for body in [#","body":null"#, ""] {
            let none = try read(#"{"method":"GET","path":"/"\#(body)}"#)
            #expect(none.body.isEmpty && none.head.headerFields[.contentType] == nil)
            #expect(none.head.headerFields[.contentLength] == nil)
        }
    }

    @Test("the token of the message is shown where the headers show none")
    func token() throws {
        let request = try read(#"{"method":"GET","path":"/"}"#, token: "jamey_1")
        #expect(request.head.headerFields[.authorization] == "Bearer jamey_1")
        let own = try read(
            #"{"method":"GET","path":"/","headers":{"authorization":"Bearer b"}}"#, token: "a")
        #expect(own.head.headerFields[.authorization] == "Bearer b" && own.hasCredentials)
    }

    @Test("fields that say how a request is carried are not taken")
    func notTaken() throws {
        let request = try read(
            #"{"method":"PUT","path":"/","headers":{"Content-Length":"9999","#
                + #""Transfer-Encoding":"chunked","connection":"close"},"body":"ab"}"#)
        #expect(request.head.headerFields[.contentLength] == "2")
        #expect(request.head.headerFields[.transferEncoding] == nil)
        #expect(request.head.headerFields[.connection] == nil)
    }

    @Test(
        "what is no request is told by the member that is wrong",
        arguments: [
            ("[]", "NOT_AN_OBJECT"), ("{}", "BAD_METHOD"),
            (#"{"method":"GET IT","path":"/"}"#, "BAD_METHOD"),
            (#"{"method":"GET"}"#, "BAD_PATH"), (#"{"method":"GET","path":"x"}"#, "BAD_PATH"),
            (#"{"method":"GET","path":"/a b"}"#, "BAD_PATH"),
            (#"{"method":"GET","path":"/é"}"#, "BAD_PATH"),
            (#"{"method":"GET","path":"/a\r\nX: y"}"#, "BAD_PATH"),
            (#"{"method":"GET","path":"/#a"}"#, "BAD_PATH"),
            (#"{"method":"GET","path":"/","headers":[]}"#, "BAD_HEADERS"),
            (#"{"method":"GET","path":"/","headers":{"a b":"c"}}"#, "BAD_HEADERS"),
            (#"{"method":"GET","path":"/","headers":{"a":"c\nd: e"}}"#, "BAD_HEADERS"),
            (#"{"method":"GET","path":"/","headers":{"a":1}}"#, "BAD_HEADERS"),
        ])
    func malformed(_ json: String, _ code: String) throws {
        let error = #expect(throws: RequestError.self) { try read(json) }
        #expect(error?.code == code)
    }

    @Test("a token that cannot stand in a field is refused")
    func badToken() {
        let error = #expect(throws: RequestError.self) {
            try read(#"{"method":"GET","path":"/"}"#, token: "a\r\nb: c")
        }
        #expect(error?.code == "BAD_TOKEN")
    }
}
