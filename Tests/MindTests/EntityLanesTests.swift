import Core
import Mind
import Testing

@Suite("Dividing a log among minds")
struct EntityLanesTests {
    private static let settings = Mind.Settings(root: "jamey/edge-1", logID: "log")

    private func lanes(_ count: Int) throws -> EntityLanes {
        let yaml = """
            routes:
              - { name: telemetry, topic: "plant/{line}/{device}", entity: "{device}" }
              - { name: lines, topic: "plant/{line}/board", entity: "{line}" }
              - name: commands
                guard:
                  propose: cmd/{device}/p
                  approved: cmd/{device}
                  denied: cmd/{device}/d
                entity: "{device}"
            """
        let set = try RuleSetLoader.load([RuleFile(name: "rules.yaml", text: yaml)])
        return EntityLanes(set, Self.settings, count: count)
    }

    private func message(_ topic: String, _ text: String = "{}") -> Event {
        let message = Message(topic: topic, payload: Array(text.utf8), qos: .atLeastOnce)
        return Event(sequence: 1, at: Timestamp(microseconds: 1), body: .message(message))
    }

    @Test(
        "an entity has the same lane in every build",
        arguments: [("press-1", 2, 1), ("press-2", 2, 0), ("press-2", 16, 14), ("", 3, 2)])
    func golden(_ entity: String, _ count: Int, _ lane: Int) throws {
        #expect(try lanes(count).lane(of: entity) == lane)
    }

    @Test("entities that are numbered are spread evenly", arguments: [2, 3, 8])
    func spread(_ count: Int) throws {
        let lanes = try lanes(count)
        for form in ["press-", "d", "line/"] {
            var found = Array(repeating: 0, count: count)
            for number in 0..<1_000 { found[lanes.lane(of: "\(form)\(number)")] += 1 }
            let fair = 1_000 / count
            #expect(found.allSatisfy { abs($0 - fair) < fair / 3 }, "\(form): \(found)")
        }
    }

    @Test("a message goes where the entity is that it is about")
    func places() throws {
        var lanes = try lanes(16)
        let device = EntityLanes.Place.lane(lanes.lane(of: "m1"))
        #expect(lanes.place(of: message("plant/a/m1")) == device)
        #expect(lanes.place(of: message("cmd/m1/p")) == device)
        // What is known of a topic is kept.
        #expect(lanes.place(of: message("plant/a/m1", "[1]")) == device)
        let request = "jamey/edge-1/conscience/evaluate"
        #expect(lanes.place(of: message(request, #"{"action":"x","entity":"m1"}"#)) == device)
        #expect(
            lanes.place(of: message(request, #"{"message_id":"1","payload":{"user_id":"m1"}}"#))
                == device)
        // A request's topic says nothing about whom it is about.
        let other = EntityLanes.Place.lane(lanes.lane(of: "m2"))
        try #require(other != device)
        #expect(lanes.place(of: message(request, #"{"action":"x","entity":"m2"}"#)) == other)
        #expect(lanes.place(of: message(request, "no JSON")) == .lane(lanes.lane(of: "")))
        #expect(lanes.place(of: message("nobody/hears")) == .lane(0))
    }

    @Test("a message about entities of two lanes goes to several, of one lane to that one")
    func several() throws {
        var lanes = try lanes(16)
        // Both routes hear the board: as a device and as a line.
        let (board, a) = (lanes.lane(of: "board"), lanes.lane(of: "line-1"))
        try #require(board != a)
        #expect(lanes.place(of: message("plant/line-1/board")) == .several)
        #expect(lanes.place(of: message("plant/line-1/board")) == .several)
        let name = try #require((1...999).map { "l\($0)" }.first { lanes.lane(of: $0) == board })
        #expect(lanes.place(of: message("plant/\(name)/board")) == .lane(board))
    }

    @Test("what is about nobody goes to every mind")
    func everyLane() throws {
        var lanes = try lanes(2)
        let soul = SoulRequest(entity: "m1", action: .set(0.5), author: "op")
        let bodies: [Event.Body] = [.tick, .ruleset(digest: "d"), .control(.soul(soul))]
        for body in bodies {
            let event = Event(sequence: 1, at: Timestamp(microseconds: 1), body: body)
            #expect(lanes.place(of: event) == .everyLane)
        }
    }
}
