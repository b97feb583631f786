import Core
import Store
import Testing

@testable import API

@Suite("The route that judges")
struct EvaluateRouteTests {
    private let fixture: APIFixture

    init() throws { fixture = try APIFixture.make() }

    private func decisions() throws -> [Decision] {
        try StoreReader(path: fixture.storePath).decisions(DecisionQuery(limit: 100))
            .map(\.decision)
    }

    @Test("the answer is the decision as it is recorded")
    func judged() async throws {
        let answer = await fixture.admin(
            .post, "/evaluate", body: #"{"action":"help somebody","entity":"press-1"}"#)
        let decision = try #require(try decisions().first)
        #expect(answer.status == 200 && answer.body == decision.json, "\(answer.text)")
        #expect(decision.entity == "press-1")
    }

    @Test("a dry run judges the same and keeps nothing; a viewer may do that much")
    func dryRun() async throws {
        let viewer = try await fixture.key(role: .viewer)
        let body = #"{"action":"help somebody"}"#
        let answer = await fixture.request(
            .post, "/evaluate?dry_run=true", token: viewer, body: body)
        #expect(answer.status == 200 && answer["dry_run"]?.bool == true, "\(answer.text)")
        #expect(try decisions().isEmpty)
        // However it is written.
        let encoded = await fixture.admin(.post, "/evaluate?dry%5Frun=tru%65", body: body)
        #expect(encoded.status == 200 && encoded["dry_run"]?.bool == true, "\(encoded.text)")
        #expect(try decisions().isEmpty)
        let acted = await fixture.request(.post, "/evaluate", token: viewer, body: body)
        #expect(acted.status == 403)
        let notDry = await fixture.request(
            .post, "/evaluate?dry_run=false", token: viewer, body: body)
        #expect(notDry.status == 403)
        #expect(try decisions().isEmpty)
    }

    @Test("what cannot be judged is refused, and nothing is kept")
    func refused() async throws {
        for (body, code) in [("{", "BAD_JSON"), ("[]", "NOT_AN_OBJECT"), ("", "BAD_JSON")] {
            let answer = await fixture.admin(.post, "/evaluate", body: body)
            #expect(answer.status == 400 && answer.code == code, "\(body): \(answer.text)")
        }
        let query = await fixture.admin(
            .post, "/evaluate?dry_run=yes", body: #"{"action":"a"}"#)
        #expect(query.status == 400 && query.code == "BAD_DRY_RUN")
        #expect(try decisions().isEmpty)
    }
}
