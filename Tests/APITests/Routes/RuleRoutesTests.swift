import Core
import HTTPTypes
import Mind
import Proof
import Store
import Testing

@testable import API

@Suite("The routes of rules")
struct RuleRoutesTests {
    private func tag(_ answer: Answer) throws -> String {
        try #require(answer.headers[.eTag], "\(answer.text)")
    }

    /// The plant's rules with another limit, as a set of other text.
    private func other(_ limit: Int = 1_600) -> [RuleFile] {
        let text = PlantRules.yaml.replacing("rpm > 1500", with: "rpm > \(limit)")
        return [RuleFile(name: "rules.yaml", text: text)]
    }

    @Test("rules in force are told with what they had to say, page by page")
    func list() async throws {
        let fixture = try APIFixture.plant()
        await fixture.propose("press-1", rpm: 1_800)
        await fixture.propose("press-1", rpm: 1_000)
        await fixture.measure("press-1", 90)
        let answer = await fixture.admin(.get, "/rules")
        let set = try RuleSetLoader.load([RuleFile(name: "rules.yaml", text: PlantRules.yaml)])
        #expect(answer["ruleset"]?.string == set.digest)
        // The counts below change while the set does not.
        #expect(answer.headers[.eTag] == nil)
        let rules = answer["rules"]?.array ?? []
        #expect(rules.compactMap { $0["name"]?.string } == ["fast", "slow", "hot", "loud"])
        let (fast, slow, hot) = (rules[0], rules[1], rules[2])
        #expect(fast["denied"]?.int == 1 && fast["approved"]?.int == 0 && fast["applied"]?.int == 1)
        #expect(fast["stance"]?.string == "oppose" && fast["weight"]?.double == 5)
        #expect(slow["approved"]?.int == 1 && slow["on"] == .array([.string("commands")]))
        #expect(hot["raised"]?.int == 1 && hot["severity"]?.string == "critical")
        #expect(hot["file"]?.string == "rules.yaml" && hot["stance"] == nil)
        let file = try #require(answer["files"]?.array?.first)
        #expect(file["name"]?.string == "rules.yaml")
        #expect(file["bytes"]?.int == Int64(PlantRules.yaml.utf8.count))
        let all = try await fixture.all("rules", at: "/rules", limit: 3)
        #expect(all == rules)
    }

    @Test("a file of the set in force is told as it is, unless the client has it")
    func file() async throws {
        let fixture = try APIFixture.plant()
        let answer = await fixture.admin(.get, "/rules/files/rules.yaml")
        #expect(answer.status == 200 && answer.text == PlantRules.yaml)
        #expect(answer.headers[.contentType] == "application/yaml")
        let tag = try tag(answer)
        let ruleset = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
        #expect(tag == "\"\(ruleset)\"")
        let again = await fixture.admin(
            .get, "/rules/files/rules.yaml", headers: [.ifNoneMatch: tag])
        #expect(again.status == 304 && again.body.isEmpty)
        let missing = await fixture.admin(.get, "/rules/files/other.yaml")
        #expect(missing.status == 404 && missing.code == "NOT_FOUND")
    }

    @Test("a set that took effect is told with its files, page by page; no other is")
    func sets() async throws {
        let fixture = try APIFixture.plant()
        let first = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
        fixture.rules.replace(
            other() + ["s.yaml", "t.yaml"].map { RuleFile(name: $0, text: "rules: []\n") })
        let reload = await fixture.admin(.post, "/reload", body: "{}")
        let second = try #require(reload["ruleset"]?.string, "\(reload.text)")
        for path in [first, first.percentEncoded] {
            let answer = await fixture.admin(.get, "/rules/sets/" + path)
            #expect(answer.status == 200 && answer["ruleset"]?.string == first, "\(answer.text)")
            let files = answer["files"]?.array ?? []
            #expect(files.compactMap { $0["name"]?.string } == ["rules.yaml"])
            #expect(files.first?["text"]?.string == PlantRules.yaml && answer["next"] == nil)
        }
        for limit in 1...4 {
            let files = try await fixture.all("files", at: "/rules/sets/\(second)", limit: limit)
            let names = files.compactMap { $0["name"]?.string }
            #expect(names == ["rules.yaml", "s.yaml", "t.yaml"], "\(limit) each")
        }
        let none = await fixture.admin(
            .get, "/rules/sets/sha256:" + String(repeating: "0", count: 64))
        #expect(none.status == 404 && none.code == "NOT_FOUND", "\(none.text)")
        for digest in ["x", "sha256:ab", String(first.dropFirst(7)), first.uppercased()] {
            let wrong = await fixture.admin(.get, "/rules/sets/" + digest)
            #expect(wrong.status == 400 && wrong.code == "BAD_DIGEST", "\(wrong.text)")
        }
        await fixture.expectRefused(
            "/rules/sets/\(first)", [("limit=0", "BAD_LIMIT"), ("name=a", "BAD_PARAMETER")])
    }

    @Test("a page of a set's files ends earlier where they are large")
    func largeSets() throws {
        let text = String(repeating: "#", count: 700_000)
        let stored = StoredRuleset(
            digest: "sha256:0", activatedAt: Timestamp(microseconds: 0),
            files: (1...3).map { .init(name: "\($0).yaml", text: text) })
        let page = try JSONScanner.scan(RuleSetView.json(stored, from: 0, limit: 50))
        #expect(page["files"]?.array?.count == 2 && page["next"]?.string == "2")
        let last = try JSONScanner.scan(RuleSetView.json(stored, from: 2, limit: 50))
        #expect(last["files"]?.array?.count == 1 && last["next"] == nil)
        let none = try JSONScanner.scan(RuleSetView.json(stored, from: .max, limit: 50))
        #expect(none["files"] == .array([]) && none["next"] == nil)
    }

    @Test("a check tells every error with its place, and changes nothing")
    func check() async throws {
        let fixture = try APIFixture.plant()
        let before = await fixture.admin(.get, "/rules")
        let body = JSONWriter.object { json in
            json.array("files") { list in
                for name in ["20.yaml", "10.yaml"] {
                    list.object {
                        $0.member("name", name)
                        $0.member("text", "rules:\n  - { name: r, on: nowhere, whem: x }\n")
                    }
                }
            }
        }
        let bad = await fixture.admin(
            .post, "/rules/check", body: String(decoding: body, as: UTF8.self))
        #expect(bad.status == 200 && bad["ok"]?.bool == false)
        let errors = bad["errors"]?.array ?? []
        #expect(errors.compactMap { $0["file"]?.string }.first == "10.yaml")
        #expect(errors.contains { $0["line"]?.int == 2 && ($0["column"]?.int ?? 0) > 1 })
        #expect(errors.contains { $0["hint"]?.string?.contains("when") == true })
        let good = await fixture.admin(
            .post, "/rules/check", body: #"{"files":[{"name":"a.yaml","text":"rules: []"}]}"#)
        #expect(good["ok"]?.bool == true && good["errors"] == .array([]))
        let after = await fixture.admin(.get, "/rules")
        #expect(before["ruleset"] == after["ruleset"])
    }

    @Test(
        "files that are none are refused",
        arguments: [
            ("{}", "BAD_FILES"), (#"{"files":[]}"#, "BAD_FILES"),
            (#"{"files":[{"name":"a.yaml"}]}"#, "BAD_FILES"),
            (#"{"files":[{"name":"../a.yaml","text":""}]}"#, "BAD_NAME"),
            (
                #"{"files":[{"name":"a.yaml","text":""},{"name":"a.yaml","text":""}]}"#,
                "BAD_FILES"
            ),
            ("[]", "NOT_AN_OBJECT"), ("{", "BAD_JSON"),
        ])
    func badFiles(_ body: String, _ code: String) async throws {
        let fixture = try APIFixture.plant()
        let answer = await fixture.admin(.post, "/rules/check", body: body)
        #expect(answer.status == 400 && answer.code == code, "\(answer.text)")
    }

    @Test("a reload takes the files, a rollback takes them back, and the history tells who")
    func history() async throws {
        let fixture = try APIFixture.plant()
        let start = await fixture.admin(.get, "/rules")
        let first = try #require(start["ruleset"]?.string)
        fixture.rules.replace(other())
        let reload = await fixture.admin(.post, "/reload", body: #"{"message":"tighter"}"#)
        #expect(reload["outcome"]?.string == "activated", "\(reload.text)")
        #expect(try tag(reload) == "\"\(reload["ruleset"]?.string ?? "")\"")
        let back = await fixture.admin(
            .post, "/rules/rollback", body: #"{"digest":"\#(first)","message":"no"}"#)
        #expect(back["outcome"]?.string == "activated" && back["ruleset"]?.string == first)
        let rules = await fixture.admin(.get, "/rules")
        #expect(rules["held_by"]?.string == "rollback")
        let held = await fixture.admin(.post, "/reload")
        #expect(held["outcome"]?.string == "held")
        let forced = await fixture.admin(.post, "/reload", body: #"{"force":true}"#)
        #expect(forced["outcome"]?.string == "activated")
        let list = try await fixture.all("activations", at: "/rules/history", limit: 2)
        #expect(
            list.compactMap { $0["how"]?.string } == ["reload", "rollback", "reload", "start"])
        #expect(list.map { $0["active"]?.bool } == [true, false, false, false])
        #expect(list[1]["message"]?.string == "no" && list[2]["message"]?.string == "tighter")
        #expect(list[2]["user"]?.string == "uid:0" && list[2]["uid"]?.int == 0)
    }

    @Test("what ran in shadow is promoted, with who did it and why, and holds")
    func promote() async throws {
        let shadow = ListedRules(PlantRules.yaml.replacing("rpm > 1500", with: "rpm > 1600"))
        let fixture = try APIFixture.make(rules: PlantRules.yaml, shadowRules: shadow)
        let set = await fixture.admin(.get, "/rules/shadow")["sets"]?.array?.first
        let digest = try #require(set?["ruleset"]?.string)
        #expect(set?["source"]?.string == "directory")
        let answer = await fixture.admin(
            .post, "/rules/promote", body: #"{"message":"a good week"}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["outcome"]?.string == "activated")
        #expect(answer["ruleset"]?.string == digest && answer["event_seq"]?.int ?? 0 > 1)
        let now = try tag(answer)
        #expect(now == "\"\(digest)\"")
        let rules = await fixture.admin(.get, "/rules")
        #expect(rules["ruleset"]?.string == digest)
        #expect(rules["held_by"]?.string == "promote", "\(rules.text)")
        let history = await fixture.admin(.get, "/rules/history")
        let newest = history["activations"]?.array?.first
        #expect(newest?["how"]?.string == "promote" && newest?["ruleset"]?.string == digest)
        #expect(newest?["message"]?.string == "a good week")
        #expect(newest?["user"]?.string == "uid:0")
        let again = await fixture.admin(.post, "/rules/promote")
        #expect(again.status == 409 && again.code == "NOTHING_IN_SHADOW", "\(again.text)")
    }

    @Test("whoever knows other rules than those in force changes none, where they say so")
    func preconditions() async throws {
        let fixture = try APIFixture.plant()
        let first = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
        fixture.rules.replace(other())
        let old: HTTPFields = [.ifMatch: #""sha256:00""#]
        let rollback = #"{"digest":"\#(first)"}"#
        let bodies = [
            "/reload": "{}", "/rules/promote": "{}", "/rules/rollback": rollback,
        ]
        for (path, body) in bodies {
            let late = await fixture.admin(.post, path, headers: old, body: body)
            #expect(late.status == 412 && late.code == "PRECONDITION_FAILED", "\(late.text)")
            #expect(late.headers[.eTag] == "\"\(first)\"")
            let odd = await fixture.admin(.post, path, headers: [.ifMatch: "x"], body: body)
            #expect(odd.status == 400 && odd.code == "BAD_IF_MATCH", "\(odd.text)")
        }
        let now = await fixture.admin(.get, "/rules")["ruleset"]?.string
        #expect(now == first)
        let reload = await fixture.admin(
            .post, "/reload", headers: [.ifMatch: "\"\(first)\""], body: "{}")
        #expect(reload["outcome"]?.string == "activated", "\(reload.text)")
        let back = await fixture.admin(
            .post, "/rules/rollback", headers: [.ifMatch: try tag(reload)], body: rollback)
        #expect(back["outcome"]?.string == "activated", "\(back.text)")
    }

    @Test("what the agent refuses is told with its code")
    func refusals() async throws {
        let fixture = try APIFixture.plant()
        let unknown = await fixture.admin(
            .post, "/rules/rollback", body: #"{"digest":"sha256:00"}"#)
        #expect(unknown.status == 404 && unknown.code == "UNKNOWN_RULESET")
        let missing = await fixture.admin(.post, "/rules/rollback", body: "{}")
        #expect(missing.status == 400 && missing.code == "BAD_DIGEST")
        let nothing = await fixture.admin(.post, "/rules/promote")
        #expect(nothing.status == 409 && nothing.code == "NOTHING_IN_SHADOW")
        fixture.rules.replace([RuleFile(name: "rules.yaml", text: "rules: [")])
        let wrong = await fixture.admin(.post, "/reload")
        #expect(wrong.status == 422 && wrong.code == "RULES_REFUSED")
        let long = String(repeating: "x", count: Limits.activationMessageBytesMax + 1)
        let wordy = await fixture.admin(.post, "/reload", body: #"{"message":"\#(long)"}"#)
        #expect(wordy.status == 400 && wordy.code == "BAD_MESSAGE")
    }

    @Test("rules in shadow are told with what they differ on, the newest first")
    func shadow() async throws {
        let yaml =
            PlantRules.yaml + "\n"
            + "  - { name: shy, mode: shadow, weight: 20, stance: oppose, on: commands, "
            + "when: payload.rpm < 500 }\n"
        let fixture = try APIFixture.make(rules: yaml)
        await fixture.propose("press-1", rpm: 400)
        await fixture.propose("press-2", rpm: 300)
        await fixture.propose("press-3", rpm: 1_000)
        let answer = await fixture.admin(.get, "/rules/shadow")
        let set = try #require(answer["sets"]?.array?.first, "\(answer.text)")
        #expect(set["source"]?.string == "rules" && set["differences"]?.int == 2)
        #expect(answer["total"]?.int == 2 && answer["kinds"]?["allow_to_deny"]?.int == 2)
        let differences = answer["differences"]?.array ?? []
        #expect(differences.compactMap { $0["entity"]?.string } == ["press-2", "press-1"])
        let one = await fixture.admin(.get, "/rules/shadow?limit=1")
        #expect(one["differences"]?.array?.count == 1 && one["total"]?.int == 2)
        let reader = try StoreReader(path: fixture.storePath)
        let report = try ShadowReport(reader, since: nil, limit: 1)
        let told = await fixture.admin(.get, "/rules/shadow/report?limit=1")
        #expect(told.status == 200 && told.body == report.json(since: nil), "\(told.text)")
        #expect(report.total == 2 && told["differences"]?.array?.count == 1)
        #expect(told["rules"]?.array?.first?["rule"]?.string == "shy", "\(told.text)")
        await fixture.expectRefused(
            "/rules/shadow/report",
            [
                ("limit=1001", "BAD_LIMIT"), ("since=soon", "BAD_SINCE"),
                ("cursor=1", "BAD_PARAMETER"),
            ])
    }
}
