import Core
import Mind
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of backtests")
struct BacktestRoutesTests {
    /// The plant's rules, which let more pass.
    private static let files = PlantRules.files(
        PlantRules.yaml.replacing("rpm > 1500", with: "rpm > 1900"))

    private static func files(with members: String) -> String {
        String(files.dropLast()) + ",\(members)}"
    }

    private func plant() async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for rpm in [1_800, 1_000, 2_000] { await fixture.propose("press-1", rpm: rpm) }
        return fixture
    }

    /// The job when it is over.
    private func over(_ path: String, _ fixture: APIFixture) async throws -> Answer {
        var answer = await fixture.admin(.get, path)
        try await Condition.becomesTrue("the end of \(path)") {
            answer = await fixture.admin(.get, path)
            return answer["state"]?.string != "running"
        }
        return answer
    }

    @Test("a backtest runs in the background and ends with the report of the command")
    func report() async throws {
        let fixture = try await plant()
        let begun = await fixture.admin(.post, "/backtest", body: Self.files)
        #expect(begun.status == 202, "\(begun.text)")
        let place = try #require(begun.headers[.location])
        #expect(place == "/backtest/\(begun["id"]?.string ?? "")")
        let done = try await over(place, fixture)
        #expect(done["state"]?.string == "done", "\(done.text)")
        let history = try History(try StoreReader(path: fixture.storePath))
        let span = try HistorySpan(history)
        let text = PlantRules.yaml.replacing("rpm > 1500", with: "rpm > 1900")
        let set = try RuleSetLoader.load([RuleFile(name: "rules.yaml", text: text)])
        let report = try history.backtest(set, on: span.events, from: span.start)
            .json(unreached: nil)
        #expect(done.text.hasSuffix(#""report":\#(String(decoding: report, as: UTF8.self))}"#))
        #expect(done["report"]?["verdicts"]?["deny_to_allow"]?["count"]?.int == 0)
        #expect(done["progress"]?["events"] == done["progress"]?["of"])
        #expect(done["author"]?.string == "uid:0" && done["ruleset"]?.string == set.digest)
        let list = await fixture.admin(.get, "/backtest")
        let jobs = list["jobs"]?.array ?? []
        #expect(jobs.count == 1 && jobs.first?["report"] == nil)
        let removed = await fixture.admin(.delete, place)
        #expect(removed.status == 204)
        let gone = await fixture.admin(.get, place)
        #expect(gone.status == 404)
    }

    @Test("a time without events is told as a failure of the job")
    func noEvents() async throws {
        let fixture = try await plant()
        let body = Self.files(with: #""until":"2020-01-01T00:00:00Z""#)
        let begun = await fixture.admin(.post, "/backtest", body: body)
        let place = try #require(begun.headers[.location], "\(begun.text)")
        let failed = try await over(place, fixture)
        #expect(failed["state"]?.string == "failed")
        #expect(failed["error"]?["code"]?.string == "NO_EVENTS")
    }

    @Test("wrong rules and wrong times are refused before anything begins")
    func refused() async throws {
        let fixture = try await plant()
        let broken = await fixture.admin(
            .post, "/backtest", body: #"{"files":[{"name":"a.yaml","text":"rules: ["}]}"#)
        #expect(broken.status == 422 && broken["errors"]?.array?.isEmpty == false)
        for (members, code) in [
            (#""since":"soon""#, "BAD_SINCE"), (#""until":7"#, "BAD_UNTIL"),
            (#""since":"1h","until":"2h""#, "BAD_UNTIL"),
        ] {
            let answer = await fixture.admin(
                .post, "/backtest", body: Self.files(with: members))
            #expect(answer.status == 400 && answer.code == code, "\(members): \(answer.text)")
        }
        let list = await fixture.admin(.get, "/backtest")
        #expect(list["jobs"] == .array([]))
    }

    @Test("a job that there is not is not found")
    func unknown() async throws {
        let fixture = try APIFixture.plant()
        for answer in [
            await fixture.admin(.get, "/backtest/0123456789ab"),
            await fixture.admin(.delete, "/backtest/0123456789ab"),
        ] {
            #expect(answer.status == 404 && answer.code == "NOT_FOUND")
        }
    }
}
