import Agent
import Core
import Foundation
import HTTPTypes
import Mind
import Store
import Synchronization
import Testing

@testable import API

/// Rule files that are written by HTTP, on an agent that takes its rules from a directory.
@Suite("Writing rule files")
struct RuleFileTests {
    private static let yaml = PlantRules.yaml
    private static let tight = """
        rules:
          - { name: tight, on: telemetry, when: payload.temp > 70 }

        """

    /// The rules of a directory, which can be had to be unreadable, or others.
    private final class Directory: RuleSource {
        private let inner: DirectoryRules
        let isRefused = Atomic(false)
        let hasMore = Atomic(false)
        /// How often rules were compiled on the agent's loop, beyond being read.
        let loads = Atomic(0)

        init(_ path: String) { inner = DirectoryRules(path: path) }

        func read() throws(RuleSetErrors) -> [RuleFile] {
            guard !isRefused.load(ordering: .relaxed) else {
                throw RuleSetErrors(errors: [
                    SourceError(file: "x", position: .start, message: "not now")
                ])
            }
            let more = RuleFile(name: "99.yaml", text: "rules: []\n")
            return try inner.read() + (hasMore.load(ordering: .relaxed) ? [more] : [])
        }

        func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet {
            loads.add(1, ordering: .relaxed)
            return try RuleSetLoader.load(files)
        }
    }

    private let site: RuleFileSite<Directory>
    private var fixture: APIFixture { site.fixture }

    init() throws { site = try RuleFileSite { Directory($0) } }

    private func rules() async -> [String] {
        let answer = await fixture.admin(.get, "/rules")
        return (answer["rules"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    @Test("a new file takes effect at once, with who wrote it and why")
    func new() async throws {
        let tag = try await site.tag()
        let answer = await site.put("20-tight.yaml", Self.tight, if: tag, message: "hot day")
        #expect(answer.status == 200 && answer["outcome"]?.string == "activated", "\(answer.text)")
        let now = try await site.tag()
        #expect(answer.headers[.eTag] == now)
        #expect(await rules().contains("tight"))
        #expect(try site.names() == ["10-plant.yaml", "20-tight.yaml"])
        #expect(try site.text(of: "20-tight.yaml") == Self.tight)
        let history = await fixture.admin(.get, "/rules/history")
        let newest = history["activations"]?.array?.first
        #expect(newest?["message"]?.string == "hot day" && newest?["user"]?.string == "uid:0")
        // The agent knows the set by the files of the directory: a reload finds nothing new.
        let reload = await fixture.admin(.post, "/reload")
        #expect(reload["outcome"]?.string == "unchanged")
    }

    @Test("a file that is replaced keeps its mode, and the message may come as a field")
    func replaced() async throws {
        let path = site.directory + "/10-plant.yaml"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let tag = try await site.tag()
        var headers: HTTPFields = [.contentType: "text/plain", .ifMatch: tag]
        headers[try #require(HTTPField.Name("X-Message"))] = "by field"
        let other = Self.yaml + "\n# changed\n"
        let answer = await fixture.admin(
            .put, "/rules/files/10-plant.yaml", headers: headers, body: other)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try site.text(of: "10-plant.yaml") == other)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
        let history = await fixture.admin(.get, "/rules/history")
        #expect(history["activations"]?.array?.first?["message"]?.string == "by field")
    }

    @Test("without the tag of the rules in force nothing is written")
    func preconditions() async throws {
        let none = await site.put("20-tight.yaml", Self.tight, if: nil)
        #expect(none.status == 428 && none.code == "PRECONDITION_REQUIRED")
        let other = await site.put("20-tight.yaml", Self.tight, if: #""sha256:00""#)
        #expect(other.status == 412 && other.code == "PRECONDITION_FAILED")
        let tag = try await site.tag()
        #expect(other.headers[.eTag] == tag)
        let weak = await site.put("20-tight.yaml", Self.tight, if: "W/" + tag)
        #expect(weak.status == 412)
        let malformed = await site.put("20-tight.yaml", Self.tight, if: "sha256:00")
        #expect(malformed.status == 400 && malformed.code == "BAD_IF_MATCH")
        #expect(try site.names() == ["10-plant.yaml"])
        let any = await site.put("20-tight.yaml", Self.tight, if: "*")
        #expect(any.status == 200, "\(any.text)")
    }

    @Test("wrong rules are refused with every error, by the set as a whole, and nothing is written")
    func wrong() async throws {
        let tag = try await site.tag()
        // Good by itself; its route is in the other file, its name too.
        let twice = await site.put(
            "20.yaml", "rules:\n  - { name: hot, on: telemetry, when: payload.temp > 1 }\n",
            if: tag)
        #expect(twice.status == 422 && twice.code == "RULES_REFUSED")
        let error = try #require(twice["errors"]?.array?.first, "\(twice.text)")
        #expect(error["file"]?.string == "20.yaml" && error["line"]?.int == 2)
        let broken = await site.put("10-plant.yaml", "rules: [", if: tag)
        #expect(broken.status == 422)
        #expect(try site.names() == ["10-plant.yaml"])
        #expect(try site.text(of: "10-plant.yaml") == Self.yaml)
        let after = try await site.tag()
        #expect(after == tag)
    }

    @Test(
        "only plain names of rule files are taken",
        arguments: [
            "..%2Fx.yaml", "a%2Fb.yaml", "x.txt", ".x.yaml", "x_test.yaml", "x.yaml%00",
            "a%0Ab.yaml", String(repeating: "x", count: 130) + ".yaml",
        ])
    func badNames(_ name: String) async throws {
        for answer in [
            await site.put(name, Self.tight, if: "*"),
            await fixture.admin(.delete, "/rules/files/\(name)", headers: [.ifMatch: "*"]),
        ] {
            #expect(answer.status == 400 && answer.code == "BAD_NAME", "\(answer.text)")
        }
        #expect(try site.names() == ["10-plant.yaml"])
    }

    @Test("an empty body, or one that is no text, is no file")
    func badBodies() async throws {
        for bytes in [[], [0x61, 0xFF]] as [[UInt8]] {
            let answer = await fixture.request(
                .put, "/rules/files/a.yaml", from: .unix(uid: 0),
                headers: [.contentType: "application/yaml", .ifMatch: "*"], bytes: bytes)
            #expect(answer.status == 400 && answer.code == "BAD_BODY", "\(answer.text)")
        }
    }

    @Test("a file that is removed acts no longer; one that is not there is not found")
    func removed() async throws {
        _ = await site.put("20-tight.yaml", Self.tight, if: "*")
        let answer = await fixture.admin(
            .delete, "/rules/files/20-tight.yaml", headers: [.ifMatch: try await site.tag()])
        #expect(answer.status == 200 && answer["outcome"]?.string == "activated", "\(answer.text)")
        #expect(try site.names() == ["10-plant.yaml"])
        #expect(await !rules().contains("tight"))
        let missing = await fixture.admin(
            .delete, "/rules/files/20-tight.yaml", headers: [.ifMatch: "*"])
        #expect(missing.status == 404 && missing.code == "NOT_FOUND")
    }

    @Test("while a rollback holds no file is changed, unless that is said")
    func held() async throws {
        let first = try await site.tag()
        let bad = await site.put("20-tight.yaml", Self.tight, if: first)
        #expect(bad.status == 200, "\(bad.text)")
        let back = await fixture.admin(.post, "/rules/rollback", body: #"{"digest":\#(first)}"#)
        #expect(back["outcome"]?.string == "activated", "\(back.text)")
        let other = Self.tight.replacing("tight", with: "other")
        let written = await site.put("30.yaml", other, if: first)
        #expect(written.status == 409 && written.code == "RULES_HELD", "\(written.text)")
        let removed = await fixture.admin(
            .delete, "/rules/files/10-plant.yaml", headers: [.ifMatch: first])
        #expect(removed.status == 409 && removed.code == "RULES_HELD", "\(removed.text)")
        #expect(try site.names() == ["10-plant.yaml", "20-tight.yaml"])
        let still = await fixture.admin(.get, "/rules")
        #expect(still["held_by"]?.string == "rollback")
        #expect(await !rules().contains("tight"))
        let odd = await fixture.admin(
            .delete, "/rules/files/20-tight.yaml?force=yes", headers: [.ifMatch: first])
        #expect(odd.status == 400 && odd.code == "BAD_FORCE", "\(odd.text)")
        let forced = await site.put("30.yaml", other, if: first, isForced: true)
        #expect(forced.status == 200, "\(forced.text)")
        #expect(await Set(rules()).isSuperset(of: ["tight", "other"]))
        let after = await fixture.admin(.get, "/rules")
        #expect(after["held_by"] == nil)
    }

    @Test("the same rules as before a rollback can be written again, as a new decision")
    func heldAndForced() async throws {
        let first = try await site.tag()
        _ = await site.put("20-tight.yaml", Self.tight, if: first)
        _ = await fixture.admin(.post, "/rules/rollback", body: #"{"digest":\#(first)}"#)
        let again = await site.put("20-tight.yaml", Self.tight, if: first, isForced: true)
        #expect(again["outcome"]?.string == "activated", "\(again.text)")
        #expect(await rules().contains("tight"))
    }

    @Test("where the directory has again what a rollback put into force its files are changed")
    func heldAsWritten() async throws {
        let first = try await site.tag()
        _ = await site.put("20-tight.yaml", Self.tight, if: first)
        _ = await fixture.admin(.post, "/rules/rollback", body: #"{"digest":\#(first)}"#)
        try FileManager.default.removeItem(atPath: site.directory + "/20-tight.yaml")
        let answer = await site.put("20-tight.yaml", Self.tight, if: first)
        #expect(answer["outcome"]?.string == "activated", "\(answer.text)")
    }

    @Test("what somebody has changed by hand and nobody has read is not written over")
    func changedByHand() async throws {
        let known = try await site.tag()
        let byHand = Self.yaml + "\n# by hand\n"
        try site.save(byHand)
        for name in ["10-plant.yaml", "20-tight.yaml"] {
            let answer = await site.put(name, Self.tight, if: known)
            #expect(answer.status == 409 && answer.code == "FILES_CHANGED", "\(answer.text)")
        }
        #expect(try site.text(of: "10-plant.yaml") == byHand)
        #expect(try site.names() == ["10-plant.yaml"])
        let reload = await fixture.admin(.post, "/reload")
        #expect(reload["outcome"]?.string == "activated", "\(reload.text)")
        let late = await site.put("20-tight.yaml", Self.tight, if: known)
        #expect(late.status == 412)
        let good = await site.put("20-tight.yaml", Self.tight, if: try await site.tag())
        #expect(good.status == 200, "\(good.text)")
        // Without a word about it, as before: what is there is taken.
        try site.save("rules: []\n", as: "30.yaml")
        let forced = await site.put("20-tight.yaml", Self.tight + "# 2\n", if: "*", isForced: true)
        #expect(forced.status == 200, "\(forced.text)")
        let files = await fixture.admin(.get, "/rules")["files"]?.array ?? []
        let names = files.map { $0["name"]?.string ?? "" }
        #expect(names.contains("30.yaml"))
    }

    @Test("an empty directory is known, too: there the default rules are in force")
    func empty() async throws {
        let removed = await fixture.admin(
            .delete, "/rules/files/10-plant.yaml", headers: [.ifMatch: try await site.tag()])
        #expect(removed.status == 200, "\(removed.text)")
        #expect(await rules() == ["no-harm", "truth"])
        let first = await site.put("10-plant.yaml", Self.yaml, if: try await site.tag())
        #expect(first.status == 200, "\(first.text)")
        #expect(await rules().contains("hot"))
    }

    @Test("where the agent refuses the rules the files are as they were")
    func putBack() async throws {
        site.source.isRefused.store(true, ordering: .relaxed)
        let changed = await site.put("10-plant.yaml", Self.yaml + "\n# changed\n", if: "*")
        #expect(changed.status == 422 && changed.code == "RULES_REFUSED", "\(changed.text)")
        #expect(try site.text(of: "10-plant.yaml") == Self.yaml)
        let new = await site.put("20-tight.yaml", Self.tight, if: "*")
        #expect(new.status == 422)
        let removed = await fixture.admin(
            .delete, "/rules/files/10-plant.yaml", headers: [.ifMatch: "*"])
        #expect(removed.status == 422)
        #expect(try site.names() == ["10-plant.yaml"])
        // All is as before, also what the agent tells of itself.
        let status = await fixture.admin(.get, "/status")
        #expect(status["status"]?.string == "online", "\(status.text)")
        let rules = await fixture.admin(.get, "/rules")
        #expect(rules["fault"] == nil, "\(rules.text)")
    }

    @Test("what is changed by hand before the agent looks has nothing take effect")
    func changedMeanwhile() async throws {
        let known = try await site.tag()
        site.source.hasMore.store(true, ordering: .relaxed)
        let answer = await site.put("20-tight.yaml", Self.tight, if: known)
        #expect(answer.status == 409 && answer.code == "FILES_CHANGED", "\(answer.text)")
        #expect(try site.names() == ["10-plant.yaml"])
        let now = try await site.tag()
        #expect(now == known)
    }

    @Test("the agent's loop compiles no rules for a change of files or a rollback")
    func loads() async throws {
        let first = try await site.tag()
        let before = site.source.loads.load(ordering: .relaxed)
        let written = await site.put("20-tight.yaml", Self.tight, if: first)
        let back = await fixture.admin(.post, "/rules/rollback", body: #"{"digest":\#(first)}"#)
        let forced = await site.put("20-tight.yaml", Self.tight, if: first, isForced: true)
        let removed = await fixture.admin(
            .delete, "/rules/files/20-tight.yaml", headers: [.ifMatch: "*"])
        for answer in [written, back, forced, removed] {
            #expect(answer["outcome"]?.string == "activated", "\(answer.text)")
        }
        #expect(site.source.loads.load(ordering: .relaxed) == before)
        _ = await fixture.admin(.post, "/reload")
        #expect(site.source.loads.load(ordering: .relaxed) == before + 1)
    }

    @Test("of two who change the same rules one has to look again")
    func twoWriters() async throws {
        let tag = try await site.tag()
        async let first = site.put("20.yaml", Self.tight, if: tag)
        async let second = site.put("30.yaml", Self.tight, if: tag)
        let statuses = [await first.status, await second.status].sorted()
        #expect(statuses == [200, 412])
        #expect(try site.names().count == 2)
    }

    @Test("a link is not replaced by a file")
    func link() async throws {
        let target = fixture.path + "/elsewhere.yaml"
        try Self.tight.write(toFile: target, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: site.directory + "/20.yaml", withDestinationPath: target)
        let answer = await site.put("20.yaml", Self.tight + "# changed\n", if: "*")
        #expect(answer.status == 409 && answer.code == "READ_ONLY", "\(answer.text)")
        #expect(try String(contentsOfFile: target, encoding: .utf8) == Self.tight)
    }

    @Test("a directory that is not there, or not to be written to, is told with what to do")
    func readOnly() async throws {
        let error = APIError(.readOnly, directory: "/etc/jamey/rules.d")
        #expect(error.status == .conflict && error.code == "READ_ONLY")
        #expect(error.message.contains("ReadWritePaths=/etc/jamey/rules.d"))
        try FileManager.default.removeItem(atPath: site.directory)
        let answer = await site.put("20.yaml", "rules: []\n", if: "*")
        #expect(answer.status == 409 && answer.code == "CONFLICT", "\(answer.text)")
        #expect(!FileManager.default.fileExists(atPath: site.directory))
    }

    @Test("only an administrator writes")
    func roles() async throws {
        let token = try await fixture.key(role: .operator)
        let answer = await fixture.request(
            .put, "/rules/files/a.yaml", token: token,
            headers: [.contentType: "application/yaml", .ifMatch: "*"], body: Self.tight)
        #expect(answer.status == 403)
        #expect(try site.names() == ["10-plant.yaml"])
    }
}
