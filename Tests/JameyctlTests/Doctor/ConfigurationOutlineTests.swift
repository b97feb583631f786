import Foundation
import Testing

@testable import jameyctl

@Suite("What doctor knows of the configuration")
struct ConfigurationOutlineTests {
    @Test("the configuration that is shipped says what holds without one")
    func defaults() throws {
        // Tests/JameyctlTests/Doctor/ConfigurationOutlineTests.swift.
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let text = try String(contentsOfFile: "/\(root)/etc/jamey/jamey.yaml", encoding: .utf8)
        #expect(text.contains("max_bytes: 1GiB"))
        #expect(ConfigurationOutline(yaml: text) == ConfigurationOutline())
    }

    @Test("places, and the files that it names, are read from it")
    func everything() {
        let outline = ConfigurationOutline(
            yaml: """
                broker:
                  host: broker.example
                  username: jamey
                  password_file: credential:mqtt-password
                  tls: { ca: /etc/ca.pem, certificate: a.pem, key: "credential:k", minimum: "1.2" }
                store: { path: /data/jamey.db, short_term: { max_bytes: 64MiB } }
                rules: { directory: /data/rules, shadow: /data/shadow }
                http:
                  socket: none
                  tls: { certificate: b.pem, key: "${CREDENTIALS_DIRECTORY}/api-key" }
                  jwt:
                    keys: [{ file: hs, algorithm: HS256 }, { file: rs.pem, algorithm: RS256 }]
                    jwks: jwks.json
                audit: { sign_key: sign.pem }
                """)
        #expect(outline.brokerHost == "broker.example" && outline.brokerPort == 8883)
        #expect(outline.isBrokerEncrypted && outline.allowsTLS12)
        #expect(outline.storePath == "/data/jamey.db" && outline.storeBytesMax == 64 << 20)
        #expect(outline.ruleDirectories == ["/data/rules", "/data/shadow"])
        #expect(outline.hasAPI && outline.socket == nil)
        let paths = outline.files.map { $0.reference.path(credentials: "/c") }
        #expect(
            paths == [
                "/etc/ca.pem", "a.pem", "/c/k", "/c/mqtt-password", "b.pem", "/c/api-key", "hs",
                "rs.pem", "jwks.json", "sign.pem",
            ])
        #expect(
            outline.files.filter(\.isSecret).map(\.key) == [
                "broker.tls.key", "broker.password_file", "http.tls.key", "http.jwt.keys",
                "audit.sign_key",
            ])
    }

    @Test(
        "what is no configuration says nothing",
        arguments: ["", "{", "broker: 7", "- a", "broker: { port: many }", "http: { socket: [] }"])
    func nothing(_ text: String) {
        #expect(ConfigurationOutline(yaml: text) == ConfigurationOutline())
    }
}
