import Core
import HTTPTypes
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of souls")
struct SoulRoutesTests {
    private static let odd = "north/läthe 7 %2F?"

    private func set(_ fixture: APIFixture, _ entity: String, _ trust: Double) async -> Answer {
        await fixture.admin(
            .put, "/soul/" + entity.percentEncoded, body: #"{"trust":\#(trust)}"#)
    }

    @Test("trust is set by hand under the name of whoever asks, and shown with its evidence")
    func change() async throws {
        let fixture = try APIFixture.plant()
        let token = try await fixture.key(role: .operator, name: "shift")
        let path = "/soul/" + Self.odd.percentEncoded
        let answer = await fixture.request(.put, path, token: token, body: #"{"trust":0.25}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["entity"]?.string == Self.odd)
        #expect(answer["trust"]?.double == 0.25)
        let felt = await fixture.request(
            .put, path, token: token, body: #"{"emotion":"love","weight":2,"note":"mended"}"#)
        #expect(felt.status == 200)
        #expect(felt["trust"]?.double ?? 0 > 0.25, "\(felt.text)")
        let shown = await fixture.request(.get, path, token: token)
        let evidence = try #require(shown["evidence"]?.array, "\(shown.text)")
        #expect(evidence.count == 2)
        #expect(evidence.allSatisfy { $0["origin"]?.string?.hasSuffix(" shift") == true })
        #expect(evidence.contains { $0["note"]?.string == "mended" })
        let reader = try StoreReader(path: fixture.storePath)
        let report = try SoulReport(of: Self.odd, reader, at: fixture.clock.now())
        #expect(shown.body == report?.json)
    }

    @Test("in the order of their names; pages have every one once")
    func list() async throws {
        let fixture = try APIFixture.plant()
        let names = ["b", "a", "é", "e\u{301}", "north/1", Self.odd, "A", "press 1", "+", "ab"]
        for name in names {
            let answer = await set(fixture, name, 0.75)
            #expect(answer.status == 200, "\(answer.text)")
        }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for limit in [1, 3, names.count, 100] {
            let found = try await fixture.all("souls", at: "/soul", limit: limit)
            let entities = found.compactMap { $0["entity"]?.string }
            #expect(entities.count == sorted.count, "\(limit) each")
            #expect(zip(entities, sorted).allSatisfy { $0.hasSameBytes(as: $1) }, "\(entities)")
            #expect(found.allSatisfy { $0["trust"]?.double == 0.75 })
        }
    }

    @Test("as they are now: time takes its part of the evidence")
    func settled() async throws {
        let fixture = try APIFixture.plant()
        let answer = await set(fixture, "press-1", 0.9)
        let before = try #require(answer["trust"]?.double)
        fixture.clock.advance(by: Soul.halfLifeDefault)
        let list = try await fixture.all("souls", at: "/soul", limit: 10)
        let now = try #require(list.first?["trust"]?.double)
        #expect(now < before && now > 0.5)
    }

    @Test("evidence is forgotten as by time, of one about which something was recorded")
    func decay() async throws {
        let fixture = try APIFixture.plant()
        let none = await fixture.admin(.put, "/soul/press-1", body: #"{"half_lives":1}"#)
        #expect(none.status == 404 && none.code == "NOT_FOUND", "\(none.text)")
        let answer = await set(fixture, "press-1", 0.9)
        let before = try #require(answer["evidence_for"]?.double)
        let decayed = await fixture.admin(
            .put, "/soul/press-1", body: #"{"half_lives":2,"trust":null}"#)
        #expect(decayed.status == 200, "\(decayed.text)")
        let after = try #require(decayed["evidence_for"]?.double)
        #expect(abs(after - before / 4) < 0.001, "\(before) became \(after)")
        let shown = await fixture.admin(.get, "/soul/press-1")
        #expect(shown["evidence"]?.array?.contains { $0["decay"]?.bool == true } == true)
    }

    @Test("a soul is forgotten once; of one that is not there nothing is told")
    func forget() async throws {
        let fixture = try APIFixture.plant()
        let path = "/soul/" + Self.odd.percentEncoded
        _ = await set(fixture, Self.odd, 0.75)
        let forgotten = await fixture.admin(.delete, path)
        #expect(forgotten.status == 204 && forgotten.body.isEmpty, "\(forgotten.text)")
        for method in [HTTPRequest.Method.get, .delete] {
            let gone = await fixture.admin(method, path)
            #expect(gone.status == 404 && gone.code == "NOT_FOUND", "\(method): \(gone.text)")
        }
    }

    @Test("what cannot be done is refused with what could be")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        for (body, code) in [
            ("", "BAD_JSON"), ("7", "NOT_AN_OBJECT"), ("{}", "BAD_REQUEST"),
            (#"{"trust":0.5,"emotion":"joy"}"#, "BAD_REQUEST"),
            (#"{"trust":0.5,"note":"a"}"#, "BAD_REQUEST"), (#"{"trust":2}"#, "BAD_TRUST"),
            (#"{"trust":"high"}"#, "BAD_TRUST"), (#"{"emotion":"jyo"}"#, "BAD_EMOTION"),
            (#"{"emotion":"joy","weight":0}"#, "BAD_WEIGHT"),
            (#"{"emotion":"joy","note":7}"#, "BAD_NOTE"),
            (#"{"half_lives":0}"#, "BAD_HALF_LIVES"),
            (#"{"half_lives":"1"}"#, "BAD_HALF_LIVES"),
            (#"{"half_lives":1,"trust":0.5}"#, "BAD_REQUEST"),
            (#"{"half_lives":1,"emotion":"joy"}"#, "BAD_REQUEST"),
            (#"{"half_lives":1,"note":"a"}"#, "BAD_REQUEST"),
        ] {
            let answer = await fixture.admin(.put, "/soul/press-1", body: body)
            #expect(answer.status == 400 && answer.code == code, "\(body): \(answer.text)")
        }
        for name in ["%ff", "%00", "%2", String(repeating: "a", count: 1_025)] {
            let answer = await fixture.admin(.get, "/soul/" + name)
            #expect(answer.status == 400 && answer.code == "BAD_ENTITY", "\(answer.text)")
        }
        await fixture.expectRefused(
            "/soul",
            [
                ("limit=0", "BAD_LIMIT"), ("sort=trust", "BAD_PARAMETER"),
                ("cursor=%ff", "BAD_CURSOR"),
            ])
        #expect(try await fixture.all("souls", at: "/soul", limit: 10).isEmpty)
    }
}
