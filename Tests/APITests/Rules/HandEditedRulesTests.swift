import Agent
import Core
import Foundation
import HTTPTypes
import Mind
import Synchronization
import Testing

@testable import API

/// Rule files that somebody saves by hand while the API changes them, too.
@Suite("Rule files that are changed by hand as well")
struct HandEditedRulesTests {
    private static let name = PlantRules.fileName
    private static let byHand = PlantRules.yaml + "\n# by hand\n"

    /// The rules of a directory, in which somebody saves a file just before the agent looks.
    private final class Directory: RuleSource {
        private let path: String
        private let inner: DirectoryRules
        let saved = Mutex<String?>(nil)

        init(_ path: String) {
            self.path = path
            inner = DirectoryRules(path: path)
        }

        func read() throws(RuleSetErrors) -> [RuleFile] {
            if let text = saved.withLock({ $0.take() }) {
                let file = path + "/" + HandEditedRulesTests.name
                try? text.write(toFile: file, atomically: true, encoding: .utf8)
            }
            return try inner.read()
        }

        func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet {
            try inner.load(files)
        }
    }

    private let site: RuleFileSite<Directory>
    private var fixture: APIFixture { site.fixture }

    init() throws { site = try RuleFileSite { Directory($0) } }

    @Test(
        "what is saved before the agent looks stays, and is not put back over",
        arguments: [false, true])
    func savedMeanwhile(isRemoved: Bool) async throws {
        let known = try await site.tag()
        site.source.saved.withLock { $0 = Self.byHand }
        let answer =
            isRemoved
            ? await fixture.admin(
                .delete, "/rules/files/\(Self.name)", headers: [.ifMatch: known])
            : await site.put(Self.name, PlantRules.yaml + "\n# by the API\n", if: known)
        #expect(answer.status == 409 && answer.code == "FILES_CHANGED", "\(answer.text)")
        #expect(try site.text() == Self.byHand)
        #expect(try site.names() == [Self.name])
        let now = try await site.tag()
        #expect(now == known)
        #expect(fixture.log.has("changed by hand while the API wrote it"))
    }

    @Test("a file is changed only where it is still what it was known to be")
    func known() throws {
        let folder = RuleFolder(path: site.directory)
        let former = try folder.version(Self.name)
        let new = try folder.version("20.yaml")
        try site.save(Self.byHand)
        try site.save(Self.byHand, as: "20.yaml")
        for (version, name) in [(former, Self.name), (new, "20.yaml")] {
            for later in [version.with("rules: []\n"), version.removed] {
                #expect(throws: RuleFolderError.changed(name)) {
                    try folder.change(from: version, to: later)
                }
            }
            #expect(try site.text(of: name) == Self.byHand)
        }
        #expect(try site.names() == [Self.name, "20.yaml"])
        let now = try folder.version(Self.name)
        let later = now.with("rules: []\n")
        try folder.change(from: now, to: later)
        #expect(try site.text() == "rules: []\n")
        try folder.change(from: later, to: now)
        #expect(try site.text() == Self.byHand)
        try folder.change(from: now, to: now.removed)
        try folder.change(from: now.removed, to: now)
        #expect(try site.names() == [Self.name, "20.yaml"])
    }

    @Test("where what was saved by hand is wrong the answer says how to mend it, and that does")
    func wrong() async throws {
        let known = try await site.tag()
        try site.save("rules: [")
        let reload = await fixture.admin(.post, "/reload")
        #expect(reload.status == 422, "\(reload.text)")
        let refused = await site.put(Self.name, Self.byHand, if: known)
        #expect(refused.status == 409 && refused.code == "FILES_CHANGED", "\(refused.text)")
        #expect(refused.text.contains("force=true with the change that mends them"))
        #expect(!refused.text.contains("/reload"), "\(refused.text)")
        let mended = await site.put(Self.name, Self.byHand, if: known, isForced: true)
        #expect(mended["outcome"]?.string == "activated", "\(mended.text)")
        #expect(try site.text() == Self.byHand)
    }

    @Test("what a crash has left of a file is removed with the next change, and nothing else")
    func leftovers() async throws {
        let now = Date()
        let left = [".20.yaml.7.new", ".notes.new", ".20.yaml.x.new", ".20.txt.7.new"]
        for name in left + [".30.yaml.8.new"] {
            try site.save("half", as: name)
            // As far in the past as a crash; the last is being written by somebody else.
            let age = left.contains(name) ? 2 * Limits.ruleLeftoverAge : 0
            try FileManager.default.setAttributes(
                [.modificationDate: now.addingTimeInterval(-Double(age))],
                ofItemAtPath: site.directory + "/" + name)
        }
        let answer = await site.put("20-tight.yaml", "rules: []\n", if: try await site.tag())
        #expect(answer.status == 200, "\(answer.text)")
        #expect(
            try site.names() == [
                ".20.txt.7.new", ".20.yaml.x.new", ".30.yaml.8.new", ".notes.new", Self.name,
                "20-tight.yaml",
            ])
    }
}
