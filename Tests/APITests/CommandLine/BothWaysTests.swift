import Agent
import Core
import Foundation
import Mind
import Store
import Testing

@testable import API

/// `jameyctl` at the socket of a real server, and at the file of the same agent's store.
@Suite("jameyctl, asked both ways")
struct BothWaysTests {
    /// A plant with a server at a local socket; its clock stands ten minutes ago at first.
    private struct Plant {
        let fixture: APIFixture
        var socket: String { fixture.path + "/api.sock" }

        static func start(rules: String = PlantRules.yaml) async throws -> Plant {
            let clock = TestClock(wall: SystemTime().now() + .seconds(-600))
            let fixture = try APIFixture.make(
                rules: rules, clock: clock,
                settings: { all, path in
                    all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
                    all.socketPath = path + "/api.sock"
                })
            let errors = await fixture.server.start()
            try #require(errors.isEmpty, "\(errors)")
            return Plant(fixture: fixture)
        }

        func ask(_ arguments: [String]) async -> Ctl.Ended {
            await Ctl.run(arguments + ["--socket", socket])
        }

        func read(_ arguments: [String]) async -> Ctl.Ended {
            await Ctl.run(arguments + ["--database", fixture.storePath])
        }

        /// Has a verification be asked for, and waits for the links about it. The same again is
        /// only counted while the clock stands: the chain no longer grows by being looked at.
        func noteVerification() async throws {
            let first = await ask(["audit", "verify"])
            #expect(first.code == 0, "\(first)")
            try await Condition.becomesTrue("the links about it") {
                let answer = await fixture.admin(.get, "/audit?kind=access")
                let noted = answer["links"]?.array?.compactMap { $0["record"]?["what"]?.string }
                return noted?.contains("POST /audit/verify") == true
                    && noted?.contains("DELETE /audit/verify/{job}") == true
            }
        }

        /// Expects the same words and the same code, for a person and as JSON.
        func expectSame(
            _ arguments: String..., code: Int32 = 0, isShown: Bool = true,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async {
            for more in [[], ["--json"]] {
                let file = await read(arguments + more)
                let daemon = await ask(arguments + more)
                #expect(
                    file.code == code && file.output.isEmpty != isShown,
                    "\(arguments): \(file)", sourceLocation: sourceLocation)
                #expect(
                    daemon.code == code && daemon.output == file.output,
                    "\(arguments): \(daemon)\n\(file)", sourceLocation: sourceLocation)
            }
        }

        /// Expects a reason of the daemon's, and nothing else.
        func expectComplaint(
            _ arguments: String..., code: Int32,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async {
            let ended = await ask(arguments)
            #expect(
                ended.code == code && ended.output.isEmpty && !ended.errors.isEmpty,
                "\(arguments): \(ended)", sourceLocation: sourceLocation)
        }
    }

    /// A plant in which something was said, decided, told and felt.
    private func lived(rules: String = PlantRules.yaml) async throws -> Plant {
        let plant = try await Plant.start(rules: rules)
        let fixture = plant.fixture
        for (number, temp) in [70, 71.5, 90, 93.25, 60, 95].enumerated() {
            await fixture.measure("press-1", temp)
            await fixture.propose("press-\(number % 2 + 1)", rpm: 1_300 + 100 * number)
            fixture.clock.advance(by: .seconds(45))
        }
        return plant
    }

    @Test("decisions, and why they were made")
    func decisions() async throws {
        let plant = try await lived()
        await plant.expectSame("decisions")
        await plant.expectSame("decisions", "--kind", "alert", "-n", "2")
        await plant.expectSame("decisions", "--entity", "press-1", "--since", "7m")
        await plant.expectSame("decisions", "--entity", "nobody", isShown: false)
        let list = await plant.read(["decisions", "--json", "-n", "5"])
        for line in list.lines {
            let decision = try JSONScanner.scan(Array(line.utf8))
            let id = try #require(decision["decision_id"]?.string)
            await plant.expectSame("why", id)
            for rule in ["fast", "hot"] { await plant.expectSame("why-not", id, rule) }
        }
        await plant.expectSame("why", "none", code: 1, isShown: false)
        await plant.expectSame("why-not", "none", "hot", code: 1, isShown: false)
        await plant.fixture.server.stop()
    }

    @Test("memories and numbers over time")
    func memories() async throws {
        let plant = try await lived()
        for text in ["the seal leaks", "the belt squeaks", "the seal is new"] {
            let stored = await plant.ask(["memory", "store", text, "--entity", "press-1"])
            #expect(stored.code == 0 && stored.output.hasPrefix("memory "), "\(stored)")
        }
        let first = await plant.ask(["memory", "search", "squeaks", "--json"])
        let id = try #require(try JSONScanner.scan(Array(first.output.utf8))["id"]?.int)
        let pinned = await plant.ask(["memory", "pin", "\(id)"])
        #expect(pinned.code == 0 && pinned.output.isEmpty, "\(pinned)")
        await plant.expectSame("memory", "search", "seal")
        await plant.expectSame("memory", "search", "--entity", "press-1")
        await plant.expectSame("memory", "search", "-n", "1")
        await plant.expectSame("memory", "show", "\(id)")
        await plant.expectSame("memory", "stats")
        let linked = await plant.ask(["memory", "link", "\(id)", "line/1"])
        #expect(linked.code == 0 && linked.output.isEmpty, "\(linked)")
        let links = await plant.read(["memory", "show", "\(id)"])
        #expect(links.lines.contains("linked to  line/1"), "\(links)")
        await plant.expectSame("memory", "show", "\(id)")
        let unlinked = await plant.ask(["memory", "unlink", "\(id)", "line/1"])
        #expect(unlinked.code == 0, "\(unlinked)")
        await plant.expectComplaint("memory", "unlink", "\(id)", "line/1", code: 1)
        await plant.expectComplaint("memory", "link", "99", "line/1", code: 1)
        let forgotten = await plant.ask(["memory", "forget", "\(id)"])
        #expect(forgotten.code == 0, "\(forgotten)")
        await plant.expectSame("memory", "show", "\(id)", code: 1, isShown: false)
        let span = ["--since", (plant.fixture.clock.now() + .seconds(-600)).rfc3339()]
        let until = ["--until", plant.fixture.clock.now().rfc3339()]
        for more in [[], ["--csv"], ["--json"], ["--resolution", "raw"]] {
            let arguments = ["memory", "series", "press-1", "temp"] + span + until + more
            let (file, daemon) = (await plant.read(arguments), await plant.ask(arguments))
            #expect(file.code == 0 && daemon.code == 0, "\(file)\n\(daemon)")
            #expect(daemon.output == file.output, "\(more): \(daemon)\n\(file)")
        }
        await plant.expectSame("memory", "series", "press-1", "none", code: 1, isShown: false)
        await plant.fixture.server.stop()
    }

    @Test("old memories and entities are forgotten by the agent, which searches its files then")
    func forgetting() async throws {
        let plant = try await lived()
        for text in ["the seal leaks", "the belt squeaks"] {
            let stored = await plant.ask(["memory", "store", text, "--entity", "press-1"])
            #expect(stored.code == 0, "\(stored)")
        }
        let young = await plant.ask(["memory", "forget", "--before", "1d"])
        #expect(young.code == 1 && young.output.isEmpty, "\(young)")
        let old = await plant.ask(["memory", "forget", "--before", "10s", "--layer", "semantic"])
        #expect(old.code == 0 && old.output == "2 memories\n", "\(old)")
        let clock = plant.fixture.clock
        let passing = Task {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(300))
                // The agent waits at its own times, and turns between two of these.
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        let first = await plant.ask(["memory", "forget", "--entity", "press-1"])
        // Who writes nothing anew may leave copies in gaps of pages, and says so.
        let last = first.lines.last ?? ""
        #expect(
            first.code == 0
                ? last.hasPrefix("nothing of press-1 is left in 2 files, ")
                : first.code == 75 && last.hasSuffix("in the free space of the file"), "\(first)")
        #expect(first.lines.contains { $0.hasPrefix("event            ") }, "\(first)")
        let second = await plant.ask(["memory", "forget", "--entity", "press-2", "--json"])
        let told = try JSONScanner.scan(Array(second.output.utf8))
        #expect([0, 75].contains(second.code) && told["done"] == .bool(true), "\(second)")
        #expect((told["found"]?.int == 0) == (second.code == 0), "\(second)")
        #expect(told["written_anew"] == .bool(false), "\(second)")
        let none = await plant.ask(["memory", "forget", "--entity", "press-9"])
        #expect(none.code == 1 && none.errors.contains("nothing about it"), "\(none)")
        passing.cancel()
        #expect(await plant.read(["decisions"]).output.isEmpty)
        await plant.fixture.server.stop()
    }

    /// What each line of an export is.
    private func kinds(_ ended: Ctl.Ended) -> [String] {
        ended.lines.map { String($0.prefix { $0 != ":" }) }
    }

    @Test("everything about an entity")
    func export() async throws {
        let plant = try await lived()
        _ = await plant.ask(["memory", "store", "the seal leaks", "--entity", "press-1"])
        for entity in ["press-1", "press-2"] {
            let command = ["memory", "export", "--entity", entity]
            let (file, daemon) = (await plant.read(command), await plant.ask(command))
            #expect(file.code == 0 && file.lines.count > 5, "\(file)")
            #expect(daemon.code == 0 && daemon.output == file.output, "\(daemon)\n\(file)")
        }
        // Both ways it is now: time takes its part of the evidence.
        let clock = plant.fixture.clock
        clock.advance(by: SystemTime().now() - clock.now())
        let set = await plant.ask(["soul", "set", "press-1", "0.25"])
        #expect(set.code == 0, "\(set)")
        let command = ["memory", "export", "--entity", "press-1"]
        let (file, daemon) = (await plant.read(command), await plant.ask(command))
        let (stored, told) = (kinds(file), kinds(daemon))
        #expect(told == stored && stored.contains(#"{"evidence""#), "\(daemon)\n\(file)")
        let nobody = ["memory", "export", "--entity", "nobody"]
        for none in [await plant.read(nobody), await plant.ask(nobody)] {
            #expect(none.code == 1 && none.output.isEmpty, "\(none)")
            #expect(none.errors == "jameyctl: there is nothing about it\n", "\(none)")
        }
        await plant.fixture.server.stop()
    }

    @Test("episodes, and what was said meanwhile")
    func episodes() async throws {
        let plant = try await lived()
        await plant.expectSame("memory", "episodes")
        await plant.expectSame("memory", "episodes", "--entity", "press-1", "-n", "1")
        await plant.expectSame("memory", "episodes", "--open")
        await plant.expectSame("memory", "episodes", "--since", "2m", "--until", "8m")
        await plant.expectSame("memory", "episodes", "--entity", "nobody", isShown: false)
        for limit in ["0", "1", "50"] {
            await plant.expectSame("memory", "episode", "1", "-n", limit)
        }
        await plant.expectSame("memory", "episode", "99", code: 1, isShown: false)
        await plant.fixture.server.stop()
    }

    @Test("the log")
    func log() async throws {
        let plant = try await lived()
        let after = (plant.fixture.clock.now() + .seconds(-120)).rfc3339()
        for more in [
            [], ["--topic", "plant/+/telemetry"], ["--from", "3", "--to", "6"], ["--since", "5"],
            ["--after", after], ["--before", after], ["--after", after, "--before", after],
        ] {
            let arguments = ["log", "export"] + more
            let (file, daemon) = (await plant.read(arguments), await plant.ask(arguments))
            #expect(file.code == 0 && daemon.code == 0, "\(more): \(file)\n\(daemon)")
            #expect(daemon.output == file.output, "\(more): \(daemon)\n\(file)")
            #expect(file.output.isEmpty == (more.count == 4 && more[0] == "--after"), "\(more)")
        }
        await plant.fixture.server.stop()
    }

    @Test("trust")
    func souls() async throws {
        let plant = try await lived()
        // Both ways it is now: time takes its part of the evidence.
        let clock = plant.fixture.clock
        clock.advance(by: SystemTime().now() - clock.now())
        let set = await plant.ask(["soul", "set", "press-1", "0.25"])
        #expect(set.code == 0 && set.output.hasPrefix("press-1    0.25 "), "\(set)")
        let file = await plant.read(["soul", "list"])
        let daemon = await plant.ask(["soul", "list"])
        #expect(file.code == 0 && daemon.output == file.output, "\(daemon)\n\(file)")
        // The plot ends now.
        func facts(_ result: Ctl.Ended) -> [String] {
            result.lines.filter { !$0.contains("│") && !$0.hasPrefix("     ") }
        }
        let stored = await plant.read(["soul", "show", "press-1"])
        let told = await plant.ask(["soul", "show", "press-1"])
        #expect(stored.code == 0 && told.code == 0 && facts(told) == facts(stored), "\(told)")
        #expect(told.lines.count == stored.lines.count)
        await plant.expectSame("soul", "show", "nobody", code: 1, isShown: false)
        let decayed = await plant.ask(["soul", "decay", "press-1"])
        #expect(decayed.code == 0 && decayed.output.hasPrefix("press-1 "), "\(decayed)")
        await plant.expectComplaint("soul", "decay", "nobody", code: 1)
        let forgotten = await plant.ask(["soul", "forget", "press-1"])
        let none = await plant.ask(["soul", "forget", "press-1"])
        #expect(forgotten.code == 0 && none.code == 1, "\(forgotten)\n\(none)")
        await plant.fixture.server.stop()
    }

    @Test("rules, what they are in shadow of, and the chain")
    func rules() async throws {
        let shy =
            "\n  - { name: shy, mode: shadow, weight: 20, stance: oppose, on: commands, "
            + "when: payload.rpm < 1500 }\n"
        let plant = try await lived(rules: PlantRules.yaml + shy)
        await plant.expectSame("rules", "history")
        await plant.expectSame("shadow", "report")
        await plant.expectSame("shadow", "report", "-n", "1", "--since", "2020-01-01T00:00:00Z")
        await plant.expectSame("audit", "list", "--kind", "decision", "-n", "4")
        let head = await plant.ask(["audit", "head"])
        #expect(head.code == 0 && head.output.split(separator: ":").count == 2, "\(head)")
        let show = await plant.ask(["rules", "show", "shy"])
        #expect(show.code == 0 && show.lines.contains("mode           shadow"), "\(show)")
        let reload = await plant.ask(["rules", "reload", "-m", "again"])
        #expect(reload.code == 0 && reload.output.contains("as before"), "\(reload)")
        await plant.fixture.server.stop()
    }

    @Test("what differs between rule sets")
    func difference() async throws {
        let plant = try await lived()
        let rules = await plant.fixture.admin(.get, "/rules")
        let old = try #require(rules["ruleset"]?.string)
        let text = PlantRules.yaml.replacing("rpm <= 1500", with: "rpm <= 1400")
        plant.fixture.rules.replace([RuleFile(name: "rules.yaml", text: text)])
        let reload = await plant.ask(["rules", "reload"])
        #expect(reload.code == 0, "\(reload)")
        let prefix = String(old.dropFirst(7).prefix(8))
        await plant.expectSame("rules", "diff", prefix, "active", code: 1)
        await plant.expectSame("rules", "diff", old, "active", "--summary", code: 1)
        await plant.expectSame("rules", "diff", prefix, old)
        await plant.expectSame("rules", "diff", "active", "00000000", code: 1, isShown: false)
        await plant.fixture.server.stop()
    }

    @Test("a backtest")
    func backtest() async throws {
        let plant = try await lived()
        let rules = plant.fixture.path + "/other"
        try FileManager.default.createDirectory(
            atPath: rules, withIntermediateDirectories: true)
        try PlantRules.yaml.replacing("rpm <= 1500", with: "rpm <= 1400").write(
            toFile: rules + "/rules.yaml", atomically: true, encoding: .utf8)
        await plant.expectSame("backtest", "--rules", rules)
        await plant.expectSame("backtest", "--rules", rules, "--fail-on", "any", code: 1)
        await plant.expectSame(
            "backtest", "--rules", rules, "--until", "2020-01-01T00:00:00Z", code: 65,
            isShown: false)
        let jobs = await plant.fixture.admin(.get, "/backtest")
        #expect(jobs["jobs"] == .array([]), "it leaves none behind: \(jobs.text)")
        await plant.fixture.server.stop()
    }

    @Test("a replay: of everything, of a decision, of a time, and where somebody has changed one")
    func replay() async throws {
        let plant = try await lived()
        await plant.expectSame("replay")
        await plant.expectSame("replay", "--from", "0")
        let middle = (plant.fixture.clock.now() + .seconds(-120)).rfc3339()
        await plant.expectSame("replay", "--since", middle)
        await plant.expectSame("replay", "--until", middle)
        let newest = await plant.read(["decisions", "--json", "-n", "1"]).output
        let id = try #require(
            try JSONScanner.scan(Array(newest.utf8))["decision_id"]?.string, "\(newest)")
        await plant.expectSame("replay", id)
        await plant.expectSame("replay", "none", code: 1, isShown: false)
        await plant.expectSame("replay", "--from", "99", code: 65, isShown: false)
        await plant.expectSame(
            "replay", "--until", "2020-01-01T00:00:00Z", code: 65, isShown: false)
        try plant.fixture.tamper("UPDATE decision SET positive = 1 - positive WHERE row > 2")
        await plant.expectSame("replay", code: 1)
        await plant.expectSame("replay", id, code: 1)
        try plant.fixture.tamper("UPDATE decision SET json = CAST('[' AS BLOB)")
        await plant.expectSame("replay", code: 1)
        let jobs = await plant.fixture.admin(.get, "/replay")
        #expect(jobs["jobs"] == .array([]), "it leaves none behind: \(jobs.text)")
        await plant.fixture.server.stop()
    }

    @Test("the audit chain: whole, with a head that is held, signed or not, and changed")
    func verification() async throws {
        let plant = try await lived()
        try await plant.noteVerification()
        await plant.expectSame("audit", "verify")
        let head = try StoreReader(path: plant.fixture.storePath).auditHead()
        let hash = Hexadecimal.text(of: head.hash)
        for held in ["\(head.seq):\(hash)", hash] {
            await plant.expectSame("audit", "verify", "--head", held)
        }
        let other = String(repeating: "0", count: 64)
        await plant.expectSame("audit", "verify", "--head", "1:" + other, code: 1)
        let key = try #require(AuditSigningKey([UInt8](1...32)))
        let (signed, publicKey) = (plant.fixture.path + "/head", plant.fixture.path + "/key")
        try Data(PublishedHead(head, signedBy: key).json).write(to: URL(fileURLWithPath: signed))
        try Data(key.publicKey.bytes).write(to: URL(fileURLWithPath: publicKey))
        let arguments = ["audit", "verify", "--head-file", signed, "--public-key", publicKey]
        let good = await plant.ask(arguments)
        #expect(good.output.contains("is in the chain, and signed"), "\(good)")
        #expect(await plant.read(arguments).output == good.output)
        try Data(PublishedHead(head).json).write(to: URL(fileURLWithPath: signed))
        await plant.expectSame(
            "audit", "verify", "--head-file", signed, "--public-key", publicKey, code: 1)
        try plant.fixture.tamper("UPDATE decision SET positive = 1 - positive WHERE row = 2")
        await plant.expectSame("audit", "verify", code: 1)
        let jobs = await plant.fixture.admin(.get, "/audit/verify")
        #expect(jobs["jobs"] == .array([]), "it leaves none behind: \(jobs.text)")
        await plant.fixture.server.stop()
    }
}
