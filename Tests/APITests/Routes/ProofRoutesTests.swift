import Core
import HTTPTypes
import Proof
import Store
import TestSupport
import Testing

@testable import API

@Suite("The routes of replays and verifications")
struct ProofRoutesTests {
    /// A plant in which something was decided.
    private func plant() async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for rpm in [1_800, 1_000, 2_000] { await fixture.propose("press-1", rpm: rpm) }
        await fixture.measure("press-1", 93.25)
        return fixture
    }

    /// The job when it is over.
    private func job(
        _ path: String, _ fixture: APIFixture, _ body: String? = nil
    ) async throws -> Answer {
        let begun = await fixture.admin(.post, path, body: body)
        #expect(begun.status == 202, "\(begun.text)")
        let place = try #require(begun.headers[.location])
        #expect(place == "\(path)/\(begun["id"]?.string ?? "")")
        var answer = begun
        try await Condition.becomesTrue("the end of \(place)") {
            answer = await fixture.admin(.get, place)
            return answer["state"]?.string != "running"
        }
        let removed = await fixture.admin(.delete, place)
        #expect(removed.status == 204)
        return answer
    }

    /// What is reported, byte for byte.
    private func expect(
        _ report: [UInt8], of job: Answer, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(job["state"]?.string == "done", "\(job.text)", sourceLocation: sourceLocation)
        let text = String(decoding: report, as: UTF8.self)
        #expect(
            job.text.hasSuffix(#""report":\#(text)}"#), "\(job.text)\n\(text)",
            sourceLocation: sourceLocation)
    }

    @Test("a replay agrees, as a whole, of one decision and of a time, as the command tells it")
    func replay() async throws {
        let fixture = try await plant()
        let history = try History(try StoreReader(path: fixture.storePath))
        let decisions = await fixture.admin(.get, "/decisions")
        let id = try #require(decisions["decisions"]?.array?.first?["decision_id"]?.string)
        let event = try #require(try history.reader.decisions(.init(id: id)).first)
            .decision.eventSequence
        let cases: [(body: String?, range: HistorySpan)] = [
            (nil, try HistorySpan(history)), ("{}", try HistorySpan(history)),
            (#"{"decision":"\#(id)"}"#, try HistorySpan(history, event: event)),
            (#"{"since":"1h","from":0}"#, try HistorySpan(history, from: 0)),
        ]
        for (body, range) in cases {
            let replay = try history.replay(range.events, from: range.start)
            #expect(replay.agrees && replay.recorded > 0)
            let done = try await job("/replay", fixture, body)
            expect(try ReplayReport(replay, range, in: history).json, of: done)
            #expect(done["progress"]?["events"] == done["progress"]?["of"])
        }
    }

    @Test("a decision that somebody has changed is told of by a replay, with what was changed")
    func changedDecision() async throws {
        let fixture = try await plant()
        let decisions = await fixture.admin(.get, "/decisions")
        let id = try #require(decisions["decisions"]?.array?.last?["decision_id"]?.string)
        try fixture.tamper("UPDATE decision SET positive = 1 - positive, json = CAST('{' AS BLOB)")
        let report = try await job("/replay", fixture)["report"]
        #expect(report?["agrees"]?.bool == false && report?["differences"]?.int ?? 0 > 1)
        let first = report?["first_difference"]
        #expect(first?["recorded"]?.string == "{", "what is no JSON is told as a text")
        #expect(first?["replayed"]?["decision_id"]?.string == id)
        #expect(first?["columns"]?.array?.map { $0["column"]?.string } == ["positive"])
        #expect(first?["departs_at"]?.int == 1)
    }

    @Test("a verification tells a whole chain, one with a head, and one that was changed")
    func verification() async throws {
        let fixture = try await plant()
        let reader = try StoreReader(path: fixture.storePath)
        let head = try reader.auditHead()
        let held = HeldHead(seq: head.seq, hash: head.hash)
        let whole = try await job("/audit/verify", fixture)
        #expect(whole["report"]?["ok"]?.bool == true && whole["report"]?["signed"] == nil)
        let good = try await job("/audit/verify", fixture, #"{"head":"\#(held.text)"}"#)
        expect(AuditReport(try reader.verifyAudit(held: held), held: held).json, of: good)
        #expect(good["report"]?["ok"]?.bool == true && good["head"]?.string == held.text)
        let other = HeldHead(seq: nil, hash: head.hash.reversed())
        let bad = try await job("/audit/verify", fixture, #"{"head":"\#(other.text)"}"#)
        #expect(bad["report"]?["broken"]?["problem"]?.string == "tail-missing", "\(bad.text)")
        try fixture.tamper("UPDATE decision SET positive = 1 - positive WHERE row = 1")
        let broken = try await job("/audit/verify", fixture)["report"]
        #expect(broken?["ok"]?.bool == false)
        #expect(broken?["broken"]?["problem"]?.string == "record-changed")
        #expect(broken?["broken"]?["kind"]?.string == "decision")
        #expect(broken?["broken"]?["ref"]?.int == 1)
    }

    @Test("whoever asked, and for what, is in the chain that is verified")
    func noted() async throws {
        let fixture = try await plant()
        _ = try await job("/audit/verify", fixture)
        _ = try await job("/replay", fixture)
        await fixture.services.access.flush(isFinal: true)
        let links = await fixture.admin(.get, "/audit?kind=access")
        let noted = links["links"]?.array?.compactMap { $0["record"]?["what"]?.string } ?? []
        for what in [
            "POST /audit/verify", "DELETE /audit/verify/{job}", "POST /replay",
            "DELETE /replay/{job}",
        ] { #expect(noted.contains(what), "\(what): \(noted)") }
    }

    @Test("a job is not found by the routes of another kind, and ended by nobody there")
    func kinds() async throws {
        let fixture = try await plant()
        let begun = await fixture.admin(.post, "/audit/verify")
        let id = try #require(begun["id"]?.string, "\(begun.text)")
        for path in ["/backtest/\(id)", "/replay/\(id)"] {
            for method in [HTTPRequest.Method.get, .delete] {
                let answer = await fixture.admin(method, path)
                #expect(answer.status == 404 && answer.code == "NOT_FOUND", "\(path)")
            }
        }
        for path in ["/backtest", "/replay"] {
            #expect(await fixture.admin(.get, path)["jobs"] == .array([]))
        }
        try await Condition.becomesTrue("the end of it") {
            await fixture.admin(.get, "/audit/verify/\(id)")["state"]?.string == "done"
        }
    }

    @Test("what is asked for wrongly is refused before anything begins")
    func refused() async throws {
        let fixture = try await plant()
        for (path, body, code) in [
            ("/replay", #"{"since":"soon"}"#, "BAD_SINCE"),
            ("/replay", #"{"since":"1h","until":"2h"}"#, "BAD_UNTIL"),
            ("/replay", #"{"decision":"a-1","since":"1h"}"#, "BAD_DECISION"),
            ("/replay", #"{"decision":7}"#, "BAD_DECISION"),
            ("/replay", #"{"from":-1}"#, "BAD_FROM"), ("/replay", "[]", "NOT_AN_OBJECT"),
            ("/replay?since=1h", "{}", "BAD_PARAMETER"),
            ("/audit/verify", #"{"head":"17:3f"}"#, "BAD_HEAD"),
            ("/audit/verify", #"{"head":"\#(String(repeating: "x", count: 64))"}"#, "BAD_HEAD"),
            ("/audit/verify?head=1", "{}", "BAD_PARAMETER"),
        ] {
            let answer = await fixture.admin(.post, path, body: body)
            #expect(answer.status == 400 && answer.code == code, "\(body): \(answer.text)")
        }
        let none = await fixture.admin(.post, "/replay", body: #"{"decision":"none-1"}"#)
        #expect(none.status == 404 && none.code == "NOT_FOUND", "\(none.text)")
        for path in ["/replay", "/audit/verify"] {
            #expect(await fixture.admin(.get, path)["jobs"] == .array([]), "\(path)")
        }
    }

    @Test("a time without events, and a place to begin that is none, fail with their code")
    func failed() async throws {
        let fixture = try await plant()
        let early = try await job("/replay", fixture, #"{"until":"2020-01-01T00:00:00Z"}"#)
        #expect(early["state"]?.string == "failed")
        #expect(early["error"]?["code"]?.string == "NO_EVENTS", "\(early.text)")
        let nowhere = try await job("/replay", fixture, #"{"from":99}"#)
        #expect(nowhere["error"]?["code"]?.string == "OUT_OF_REACH", "\(nowhere.text)")
    }
}

extension APIFixture {
    /// Changes the store behind the agent's back, once it writes nothing.
    func tamper(_ sql: String) throws {
        try SQL.run("PRAGMA busy_timeout = 10000; " + sql, storePath)
    }
}
