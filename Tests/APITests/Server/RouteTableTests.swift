import Core
import Foundation
import HTTPTypes
import Testing

@testable import API

@Suite("The table of routes")
struct RouteTableTests {
    /// A line of docs/api.md's table of routes.
    private struct Documented: Hashable {
        var method: String
        var path: String
        var role: String
    }

    /// Tests/APITests/Server/RouteTableTests.swift.
    private static func page() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return try String(contentsOfFile: "/\(root)/docs/api.md", encoding: .utf8)
    }

    /// Every route that the page has: ``| `GET /a`, `/a/{b}` | role | … |``, and `…` for what the
    /// path before begins with.
    private static func documented() throws -> [Documented] {
        var routes: [Documented] = []
        for line in try page().split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard cells.count > 3 else { continue }
            let role = cells[2].split(whereSeparator: { !$0.isLetter }).first.map(String.init)
            var (method, path) = ("", "")
            let parts = cells[1].split(separator: "`").enumerated()
            for (number, part) in parts where number % 2 == 1 {
                let words = part.split(separator: " ")
                if words.count > 1 { method = String(words[0]) }
                let written = String(words.last ?? "")
                let before = path.split(separator: "/").dropLast().joined(separator: "/")
                path = written.hasPrefix("…") ? "/\(before)\(written.dropFirst())" : written
                guard path.hasPrefix("/") else { continue }
                routes.append(Documented(method: method, path: path, role: role ?? ""))
            }
        }
        return routes.filter { HTTPRequest.Method($0.method) != nil && !$0.method.isEmpty }
    }

    @Test("the table and docs/api.md have the same routes with the same access")
    func documentation() throws {
        let table = APIRoute.allCases.map { route in
            let role =
                switch route.access {
                case .anyone: "anyone"
                case .role(let role): role.rawValue
                }
            return Documented(method: route.method.rawValue, path: route.path, role: role)
        }
        let page = try Self.documented()
        #expect(page.count > 40)
        let missing = Set(page).subtracting(table)
        let undocumented = Set(table).subtracting(page)
        #expect(missing.isEmpty, "not in the table: \(missing)")
        #expect(undocumented.isEmpty, "not in docs/api.md: \(undocumented)")
    }

    @Test("no two routes have the same method and path")
    func unique() {
        let places = APIRoute.allCases.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(places).count == places.count)
    }

    @Test("what changes something is for no viewer, and takes a body only where it says so")
    func changes() {
        for route in APIRoute.allCases where route.method != .get {
            #expect(route.access != .anyone, "\(route)")
            #expect(route.access != .role(.viewer), "\(route)")
        }
        for route in APIRoute.allCases where route.method == .get {
            #expect(route.body == RouteBody.none, "\(route)")
        }
    }

    @Test("every route answers: none is left out of the router")
    func everyRoute() async throws {
        let fixture = try APIFixture.make()
        for route in APIRoute.allCases where route != .events {
            let path = route.path.split(separator: "/", omittingEmptySubsequences: false).map {
                $0.hasPrefix("{") ? "1" : String($0)
            }.joined(separator: "/")
            let answer = await fixture.request(route.method, path)
            switch route.access {
            case .anyone: #expect(answer.status != 401 && answer.status != 405, "\(route)")
            case .role: #expect(answer.status == 401, "\(route): \(answer.text)")
            }
        }
    }

    @Test("judging without keeping is for viewers, keeping is not")
    func dryRun() async throws {
        let fixture = try APIFixture.make()
        let viewer = try await fixture.key(role: .viewer)
        let body = #"{"action":"water the plants"}"#
        let kept = await fixture.request(.post, "/evaluate", token: viewer, body: body)
        #expect(kept.status == 403)
        for query in ["?dry_run=1", "?dry_run=false", "?dry_run", "?other=dry_run=true"] {
            let answer = await fixture.request(
                .post, "/evaluate" + query, token: viewer, body: body)
            #expect(answer.status == 403, "\(query)")
        }
        let judged = await fixture.request(
            .post, "/evaluate?dry_run=true", token: viewer, body: body)
        #expect(judged.status == 200, "\(judged.text)")
    }
}
