import Core
import Testing

@testable import Agent

@Suite("Reading how the API is configured")
struct HTTPConfigurationTests {
    private func read(_ text: String) throws -> AgentConfiguration.HTTP {
        try AgentConfiguration(yaml: text, file: "jamey.yaml", hostName: "host-1").http
    }

    private func complaints(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try AgentConfiguration(yaml: text, file: "jamey.yaml", hostName: "host-1")
            return []
        } catch {
            guard case .invalid(let errors) = error else { return ["\(error)"] }
            return errors.map { String($0.description.prefix { $0 != "\n" }) }
        }
    }

    @Test("without a word the API is on the loopback interface and the local socket only")
    func defaults() throws {
        for text in ["", "http:"] {
            let http = try read(text)
            #expect(http.isEnabled)
            #expect(http.listen == [ListenAddress(host: "127.0.0.1", port: 8642)])
            #expect(http.listen.allSatisfy { $0.isLoopback })
            #expect(http.socket == "/run/jamey/jamey.sock")
            #expect(http.tls == nil && http.cors.isEmpty && !http.isDebug)
            #expect(http.hosts.isEmpty)
        }
    }

    @Test("one address stands for a list, and an empty list for none")
    func addresses() throws {
        #expect(try read("http: { listen: localhost:80 }").listen.map(\.text) == ["127.0.0.1:80"])
        #expect(try read("http: { listen: '[::1]:80' }").listen.map(\.text) == ["[::1]:80"])
        #expect(try read("http: { listen: [] }").listen.isEmpty)
        let both = try read("http: { listen: [127.0.0.1:1, '[::1]:1'] }").listen
        #expect(both.map(\.isIPv6) == [false, true])
    }

    @Test("a name of a host may be that of a group of servers in a proxy's files")
    func hosts() throws {
        let hosts = try read("http: { hosts: [edge-1.example, jamey_api] }").hosts
        #expect(hosts == ["edge-1.example", "jamey_api"])
    }

    @Test("the socket and the role that the broker's list gives can be none")
    func none() throws {
        #expect(try read("http: { socket: none }").socket == nil)
        let none = try read("http: { mqtt: { trust_broker_acl: none } }").mqtt
        #expect(none.isEnabled && none.topics == [RequestTopic("api/requests", role: .admin)])
        #expect(
            try read("http: { mqtt: { trust_broker_acl: viewer } }").mqtt.topics
                == [RequestTopic("api/requests", role: .admin, trust: .viewer)])
        #expect(try !read("http: { mqtt: { enabled: false } }").mqtt.isEnabled)
    }

    @Test(
        "what other machines can reach needs TLS, and the error says what to do",
        arguments: ["0.0.0.0:80", "'[::]:80'", "192.168.1.5:80", "'[fe80::1]:80'"])
    func exposed(address: String) throws {
        let found = complaints("http: { listen: \(address) }")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("1:17: error: 'listen': other machines") == true, "\(found)")
        #expect(found.first?.contains("add tls: { certificate: FILE, key: FILE }") == true)
        let tls = "tls: { certificate: c.pem, key: credential:k }"
        let http = try read("http: { listen: \(address), \(tls) }")
        #expect(http.listen.count == 1)
        #expect(http.tls?.key == .credential("k"))
    }

    @Test("the whole network of the loopback interface is this machine")
    func loopback() {
        for text in ["127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "[0:0::1]:1"] {
            #expect(ListenAddress(text)?.isLoopback == true, "\(text)")
        }
        for text in ["128.0.0.1:1", "[::]:1", "[::ffff:127.0.0.1]:1", "[::2]:1"] {
            #expect(ListenAddress(text)?.isLoopback == false, "\(text)")
        }
        for text in ["", "127.0.0.1", ":80", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "a:80"] {
            #expect(ListenAddress(text) == nil, "\(text)")
        }
    }

    @Test(
        "what is wrong is told with file, line, column and hint",
        arguments: [
            ("http: { listen: example.org:80 }", "1:17: error: 'listen' must be an IP address"),
            ("http: { listen: '::1:80' }", "1:17: error: 'listen' must be an IP address"),
            ("http: { listen: [127.0.0.1:1, 127.0.0.1:1] }", "'listen' has '127.0.0.1:1' twice"),
            ("http: { listen: { a: 1 } }", "1:17: error: 'listen' must be a list"),
            ("http: { socket: relative }", "1:17: error: 'socket' must be an absolute path"),
            ("http: { tls: { key: k } }", "missing key 'certificate'"),
            ("http: { tls: { certificate: k } }", "missing key 'key'"),
            ("http: { hosts: ['*'] }", "1:17: error: 'hosts' holds names of hosts, not '*'"),
            ("http: { hosts: ['a:80'] }", "1:17: error: 'hosts' holds names of hosts"),
            ("http: { hosts: ['A'] }", "1:17: error: 'hosts' holds names of hosts"),
            ("http: { hosts: ['a.b.'] }", "1:17: error: 'hosts' holds names of hosts"),
            ("http: { cors: ['*'] }", "1:16: error: 'cors' holds origins, not '*'"),
            ("http: { cors: ['https://a/b'] }", "1:16: error: 'cors' holds origins"),
            ("http: { cors: ['https://A'] }", "1:16: error: 'cors' holds origins"),
            ("http: { cors: ['null'] }", "1:16: error: 'cors' holds origins"),
            ("http: { metrics: all }", "1:18: error: 'metrics' must be viewer or open"),
            ("http: { debug: 1 }", "1:16: error: 'debug' must be true or false"),
            ("http: { rate: { burst: 0 } }", "1:24: error: 'burst' must be from 1 to 100000"),
            ("http: { jwt: {} }", "1:14: error: 'jwt' needs 'keys' or 'jwks'"),
            ("http: { jwt: { keys: [{ algorithm: HS256 }] } }", "missing key 'file'"),
            (
                "http: { jwt: { keys: [{ file: f, algorithm: none }] } }",
                "'algorithm' must be HS256, RS256, ES256 or EdDSA, not 'none'"
            ),
            (
                "http: { jwt: { jwks: f, leeway: 1h } }",
                "1:33: error: 'leeway' must be from 0s to 10m, not 1h"
            ),
            (
                "http: { mqtt: { trust_broker_acl: root } }",
                "'trust_broker_acl' must be none, viewer, operator or admin, not 'root'"
            ),
            ("http: { listne: x }", "1:9: error: unknown key 'listne' (did you mean 'listen'?)"),
        ])
    func faults(text: String, expected: String) {
        let found = complaints(text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("there is a bound to addresses, to names of hosts and to origins")
    func bounds() {
        let addresses = (1...Limits.apiListenersMax + 1).map { "127.0.0.1:\($0)" }
        let tooMany = complaints("http: { listen: [\(addresses.joined(separator: ", "))] }")
        #expect(tooMany.first?.contains("at most \(Limits.apiListenersMax) addresses") == true)
        let hosts = (0...Limits.apiHostsMax).map { "h\($0)" }
        let names = complaints("http: { hosts: [\(hosts.joined(separator: ", "))] }")
        #expect(names.first?.contains("at most \(Limits.apiHostsMax) names") == true)
        let origins = (0...Limits.apiOriginsMax).map { "'https://h\($0)'" }
        let others = complaints("http: { cors: [\(origins.joined(separator: ", "))] }")
        #expect(others.first?.contains("at most \(Limits.apiOriginsMax) origins") == true)
    }

    @Test("no secret is in what the audit chain keeps, only where it stands")
    func effective() throws {
        let text = """
            http:
              tls: { certificate: /etc/c.pem, key: credential:k }
              jwt: { keys: [{ file: /etc/secret, algorithm: HS256 }] }
            """
        let configuration = try AgentConfiguration(
            yaml: text, file: "jamey.yaml", hostName: "host-1")
        let json = try JSONScanner.scan(Array(configuration.effective(version: "1").utf8))
        #expect(json["http"]?["tls"]?["key"]?.string == "credential:k")
        #expect(json["http"]?["jwt"]?["keys"]?.array?.first?["file"]?.string == "/etc/secret")
        #expect(json["http"]?["listen"]?.array == [.string("127.0.0.1:8642")])
    }
}
