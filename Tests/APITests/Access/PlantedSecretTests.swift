import Core
import Foundation
import HTTPTypes
import Testing

@testable import API

@Suite("Secrets stay where they are")
struct PlantedSecretTests {
    /// Everything that is shown or kept, by name.
    private struct Traces {
        var texts: [(name: String, bytes: [UInt8])] = []

        mutating func add(_ name: String, _ text: String) {
            texts.append((name, Array(text.utf8)))
        }

        /// Names of what holds some bytes.
        func holding(_ secret: [UInt8]) -> [String] {
            texts.filter { Self.holds($0.bytes, secret) }.map(\.name)
        }

        private static func holds(_ bytes: [UInt8], _ secret: [UInt8]) -> Bool {
            var isFound = false
            bytes.withUnsafeBytes { buffer in
                buffer.forEachPlace(of: secret, in: 0..<bytes.count) { _ in
                    isFound = true
                    return false
                }
            }
            return isFound
        }
    }

    /// Uses a credential rightly and wrongly, everywhere.
    private func use(
        _ secret: String, _ round: Int, in fixture: APIFixture, _ traces: inout Traces
    ) async {
        let forms = [secret, secret + "x", String(secret.dropLast()), "x" + secret]
        let paths = ["/status", "/keys", "/livez", "/nothing", "/soul/a"]
        for (number, text) in forms.enumerated() {
            for (place, path) in paths.enumerated() {
                let source = API.Source.address("10.\(round).\(number).\(place)")
                let answer = await fixture.request(.get, path, token: text, from: source)
                traces.add("GET \(path)", answer.text + "\(answer.headers)")
                let post = await fixture.request(
                    .post, "/evaluate", token: text, from: source, body: "{")
                traces.add("POST /evaluate", post.text + "\(post.headers)")
            }
        }
        for header in ["Basic \(secret)", secret, "Bearer \(secret) \(secret)"] {
            let answer = await fixture.request(
                .get, "/status", headers: [.authorization: header])
            traces.add("GET /status", answer.text)
        }
    }

    @Test("a planted secret is in no log, no answer, no metric, no audit record and no store")
    func planted() async throws {
        let site = try TokenSite()
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in
            settings.jwt = jwt
            settings.isDebug = true
        })
        await fixture.server.reload()
        var traces = Traces()
        let key = try await fixture.key(role: .admin)
        let parsed = try #require(APIKeyToken(key))
        let token = try TokenIssuer.hs256(site.secret, id: "hs-1").token(["role": .string("admin")])
        await use(key, 1, in: fixture, &traces)
        await use(token, 2, in: fixture, &traces)
        _ = await fixture.admin(.post, "/keys/\(parsed.id)/rotate", body: #"{"overlap":"1h"}"#)
        await use(key, 3, in: fixture, &traces)
        _ = await fixture.admin(.delete, "/keys/\(parsed.id)")
        await use(key, 4, in: fixture, &traces)
        try site.write("short", to: "hs")
        await fixture.server.reload()
        fixture.clock.advance(by: .seconds(120))
        await fixture.server.upkeep.work()
        for path in ["/keys", "/audit?limit=1000", "/metrics", "/status", "/decisions"] {
            traces.add(path, await fixture.admin(.get, path).text)
        }
        traces.add("the log", fixture.log.lines.joined(separator: "\n"))
        traces.add("services", "\(fixture.services)")
        for name in try FileManager.default.contentsOfDirectory(atPath: fixture.path) {
            let data = FileManager.default.contents(atPath: fixture.path + "/" + name) ?? Data()
            traces.texts.append((name, Array(data)))
        }
        // What is looked for can be found: the id is no secret.
        #expect(!traces.holding(Array(parsed.id.utf8)).isEmpty)
        let secret = String(key.utf8.suffix(43)) ?? key
        let secrets: [(String, [UInt8])] = [
            ("the key", Array(key.utf8)), ("its secret", Array(secret.utf8)),
            ("its bytes", Base64URL.decode(secret.utf8) ?? []),
            ("the secret of HS256", site.secret), ("the token", Array(token.utf8)),
            ("its signature", Array(token.utf8.suffix(43))),
        ]
        for (name, secret) in secrets {
            #expect(!secret.isEmpty && traces.holding(secret).isEmpty, "\(name)")
        }
        // Its hash is in the store, where it is compared with, and nowhere else.
        let hash = Hexadecimal.text(of: parsed.hash)
        #expect(traces.holding(Array(hash.utf8)).isEmpty)
    }
}
