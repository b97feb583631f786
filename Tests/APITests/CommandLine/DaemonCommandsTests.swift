import Agent
import Core
import Testing

@testable import API

/// Commands of `jameyctl` that ask the agent and no file, at a real server with a real agent.
@Suite("jameyctl, where only the agent can answer")
struct DaemonCommandsTests {
    private struct Plant {
        let fixture: APIFixture

        static func start(isBrokerThere: Bool = true) async throws -> Plant {
            let fixture = try APIFixture.make(
                rules: PlantRules.yaml, isBrokerThere: isBrokerThere,
                settings: { all, path in
                    all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
                    all.socketPath = path + "/api.sock"
                })
            let errors = await fixture.server.start()
            try #require(errors.isEmpty, "\(errors)")
            return Plant(fixture: fixture)
        }

        func ask(_ arguments: String...) async -> Ctl.Ended {
            await Ctl.run(arguments + ["--socket", fixture.path + "/api.sock"])
        }

        /// Of an answer of one line.
        func json(_ ended: Ctl.Ended) throws -> JSONValue {
            try #require(ended.lines.count == 1, "\(ended)")
            return try JSONScanner.scan(Array(ended.output.utf8))
        }
    }

    @Test("alerts are shown as they fire, and acknowledged by whoever asks")
    func alerts() async throws {
        let plant = try await Plant.start()
        let none = await plant.ask("alerts", "--json")
        #expect(none.code == 0 && none.output.isEmpty, "\(none)")
        await plant.fixture.measure("press-1", 93.25)
        let list = await plant.ask("alerts")
        #expect(list.code == 0 && list.lines.count == 2, "\(list)")
        #expect(list.lines.last?.contains("hot") == true)
        #expect(list.lines.last?.contains("press-1") == true)
        let told = try plant.json(await plant.ask("alerts", "--json"))
        let answer = await plant.fixture.admin(.get, "/alerts")
        #expect(answer["alerts"]?.array == [told], "\(answer.text)")
        let seen = await plant.ask("alerts", "ack", "hot", "press-1", "--note", "on it")
        #expect(seen.code == 0 && seen.output.hasPrefix("hot of press-1: seen by uid:"), "\(seen)")
        let after = await plant.fixture.admin(.get, "/alerts")["alerts"]?.array?.first
        #expect(after?["acknowledgement"]?["note"]?.string == "on it")
        let missing = await plant.ask("alerts", "ack", "hot", "press-9")
        #expect(missing.code == 1 && missing.output.isEmpty, "\(missing)")
        await plant.fixture.server.stop()
    }

    @Test("what is proposed is judged and kept, by a dry run only judged")
    func evaluate() async throws {
        let plant = try await Plant.start()
        let before = await plant.fixture.admin(.get, "/log").text
        let dry = await plant.ask("evaluate", "start the press", "--dry-run", "--json")
        let said = try plant.json(dry)["approved"]
        #expect(dry.code == (said == .bool(true) ? 0 : 1), "\(dry)")
        #expect(await plant.fixture.admin(.get, "/log").text == before)
        let judged = await plant.ask("evaluate", "start the press", "--json")
        let decision = try plant.json(judged)
        #expect(judged.code == dry.code && decision["approved"] == said, "\(judged)")
        let id = try #require(decision["decision_id"]?.string)
        let kept = await plant.fixture.admin(.get, "/decisions/\(id)")
        #expect(kept.status == 200 && kept["action"]?.string == "start the press", "\(kept.text)")
        #expect(await plant.fixture.admin(.get, "/log").text != before)
        await plant.fixture.server.stop()
    }

    @Test("a key is made, listed, given a new secret and revoked")
    func keys() async throws {
        let plant = try await Plant.start()
        let fixture = plant.fixture
        func status(_ key: String) async -> Int {
            await fixture.request(.get, "/status", token: key).status
        }
        let made = await plant.ask("keys", "create", "panel", "--role", "viewer")
        let key = try #require(made.lines.first, "\(made)")
        let id = try #require(APIKeyToken(key)?.id, "\(made)")
        #expect(made.code == 0 && made.lines.count == 1)
        #expect(await status(key) == 200)
        let list = await plant.ask("keys")
        #expect(list.code == 0 && list.lines.last?.contains(id) == true, "\(list)")
        let secret = String(key.suffix(43))
        #expect(!list.output.contains(secret) && !made.errors.contains(secret))
        let rotated = await plant.ask("keys", "rotate", id, "--overlap", "0s")
        let next = try #require(rotated.lines.first, "\(rotated)")
        #expect(APIKeyToken(next)?.id == id && next != key)
        #expect(await status(key) == 401)
        #expect(await status(next) == 200)
        let revoked = await plant.ask("keys", "revoke", id)
        #expect(revoked.code == 0 && revoked.output.isEmpty, "\(revoked)")
        #expect(await status(next) == 401)
        let none = await plant.ask("keys", "rotate", "0123456789ab")
        #expect(none.code == 1 && none.output.isEmpty, "\(none)")
        await fixture.server.stop()
    }

    @Test("devices are told one by one, and all of them")
    func devices() async throws {
        let plant = try await Plant.start()
        await plant.fixture.measure("press-1", 71.5)
        await plant.fixture.measure("press-2", 60)
        let list = await plant.ask("devices")
        #expect(list.code == 0 && list.lines.count == 3, "\(list)")
        #expect(list.lines[1].hasPrefix("press-1 ") && list.lines[1].contains("temp=71.5"))
        let all = await plant.ask("devices", "--json")
        let answer = await plant.fixture.admin(.get, "/devices")
        let told = try all.lines.map { try JSONScanner.scan(Array($0.utf8)) }
        #expect(answer["devices"]?.array == told, "\(all)")
        let one = try plant.json(await plant.ask("devices", "press-2", "--json"))
        let same = await plant.fixture.admin(.get, "/devices/press-2")
        #expect(one == same.json, "\(same.text)")
        let none = await plant.ask("devices", "nobody")
        #expect(none.code == 1 && none.output.isEmpty, "\(none)")
        await plant.fixture.server.stop()
    }

    @Test("the status is told, and by the exit code as well", arguments: [true, false])
    func status(_ isBrokerThere: Bool) async throws {
        let plant = try await Plant.start(isBrokerThere: isBrokerThere)
        let shown = await plant.ask("status")
        #expect(shown.code == (isBrokerThere ? 0 : 1), "\(shown)")
        let told = try plant.json(await plant.ask("status", "--json"))
        #expect((told["status"]?.string == "online") == isBrokerThere)
        #expect(told["boot_id"]?.string == "b007")
        await plant.fixture.server.stop()
    }
}
