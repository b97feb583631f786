import Core
import Testing

@testable import Mind

@Suite("Alerts")
struct AlertTests {
    private let alert = "jamey/edge-1/alerts/overheat/press-7"

    @Test("a rule fires once when it becomes true and resolves when it is false again")
    func life() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        #expect(subject.hear(telemetry, #"{"temp":80}"#).decisions.isEmpty)
        let fired = subject.hear(telemetry, #"{"temp":81.5}"#)
        let payload = try #require(fired.published(on: alert).first)
        #expect(payload.retain && payload.qos == .atLeastOnce && fired.publications.count == 1)
        let document = json(payload.payload)
        #expect(document["state"]?.string == "firing")
        #expect(document["since"]?.string == "2023-11-14T22:13:22.000Z")
        #expect(document["value"]?.double == 81.5)
        #expect(document["message"]?.string == "at 81.5")
        #expect(document["decision_id"]?.string == "log-3")
        #expect(document["severity"]?.string == "critical")
        #expect(document["raised_by"] == nil)
        #expect(fired.decisions.map(\.kind) == [.alert] && fired.decisions[0].isPositive)
        #expect(subject.mind.alertsFiring == 1)
        #expect(subject.hear(telemetry, #"{"temp":99}"#).publications.isEmpty)
        let resolved = subject.hear(telemetry, #"{"temp":20}"#)
        let end = json(try #require(resolved.published(on: alert).first).payload)
        #expect(end["state"]?.string == "resolved")
        #expect(end["raised_by"]?.string == "log-3")
        #expect(end["route"]?.string == "press-telemetry")
        #expect(subject.mind.alertsFiring == 0)
        #expect(subject.hear(telemetry, #"{"temp":20}"#).decisions.isEmpty)
    }

    @Test("what is told of an alert is the same to the byte, published and recorded")
    func bytes() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        let digest = try #require(subject.mind.ruleset?.digest)
        let fired = subject.hear(telemetry, #"{"temp":81.5}"#)
        let resolved = subject.hear(telemetry, #"{"temp":-20}"#)
        for outcome in [fired, resolved] {
            #expect(outcome.publications.map(\.payload) == outcome.decisions.map(\.json))
            #expect(outcome.topics == [alert])
        }
        #expect(
            text(fired.decisions[0].json)
                == #"{"state":"firing","since":"2023-11-14T22:13:21.000Z","value":81.5,"#
                + #""message":"at 81.5","decision_id":"log-2","rule":"overheat","#
                + #""entity":"press-7","severity":"critical","route":"press-telemetry","#
                + #""ruleset":"\#(digest)","event_seq":2,"trust":0.5}"#)
        #expect(
            text(resolved.decisions[0].json)
                == #"{"state":"resolved","since":"2023-11-14T22:13:22.000Z","value":-20,"#
                + #""message":"at -20","decision_id":"log-3","rule":"overheat","#
                + #""entity":"press-7","severity":"critical","route":"press-telemetry","#
                + #""raised_by":"log-2","ruleset":"\#(digest)","event_seq":3,"trust":0.5}"#)
    }

    @Test("a decision has the name of its event, and a number where it is not the first")
    func names() {
        let settings = Mind.Settings(root: "é/edge", logID: "log")
        #expect(settings.decisionID(7, 0) == "log-7")
        #expect(settings.decisionID(.max, .max) == "log-\(Int64.max).\(Int.max)")
        #expect(Mind.Settings(root: "r", logID: "").decisionID(10, 1) == "-10.1")
        #expect(settings.alertTopic(rule: "a b", entity: "ü/1") == "é/edge/alerts/a%20b/ü%2F1")
    }

    @Test("each entity has its own alert")
    func perEntity() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        for device in ["a", "b"] {
            let outcome = subject.hear("plant/1/\(device)/telemetry", #"{"temp":90}"#)
            #expect(outcome.topics == ["jamey/edge-1/alerts/overheat/\(device)"])
        }
        let outcome = subject.hear("plant/1/a/telemetry", #"{"temp":1}"#)
        #expect(outcome.topics == ["jamey/edge-1/alerts/overheat/a"])
        #expect(subject.mind.alertsFiring == 1)
    }

    @Test("a failing condition changes nothing and is told of once, but counted always")
    func failing() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        let first = subject.hear(telemetry, #"{"hum":1}"#)
        #expect(first.codes == ["RULE_FAILED"] && first.ruleFailures == 1)
        let second = subject.hear(telemetry, #"{"temp":"hot"}"#)
        #expect(second.codes.isEmpty && second.ruleFailures == 1)
        #expect(subject.mind.alertsFiring == 1)
    }

    @Test("names are escaped so that each is one level of the alert's topic")
    func escaping() throws {
        #expect("plain-é".asTopicLevel == "plain-é")
        #expect("a/b+c#d%e f\u{7F}\0".asTopicLevel == "a%2Fb%2Bc%23d%25e%20f%7F%00")
        var subject = try MindUnderTest(
            """
            rules:
              - { name: "too hot", topic: "plant/#", when: payload > 1 }
            """)
        #expect(
            subject.hear("plant/1/x", "2").topics
                == ["jamey/edge-1/alerts/too%20hot/plant%2F1%2Fx"])
    }

    @Test("actions publish a string as it is, bytes likewise, and everything else as JSON")
    func actions() throws {
        var subject = try MindUnderTest(
            pressRules(
                """
                  - name: r
                    on: press-telemetry
                    when: payload.temp > 80
                    actions:
                      - publish: { topic: 'a/{device}/{line}', payload: '"é\\n"', qos: 0 }
                      - publish: { topic: 'b', payload: 'b"\\xff"', retain: true }
                      - publish: { topic: 'c', payload: '{"temp": payload.temp, "l": [1.5, null]}' }
                      - publish: { topic: 'd', payload: 'payload.none' }
                      - publish: { topic: 'e', payload: 'dyn(type(1))' }
                      - publish: { topic: '{device}', payload: 'true' }

                """))
        let outcome = subject.hear(telemetry, #"{"temp":81}"#)
        #expect(
            outcome.topics == [
                "jamey/edge-1/alerts/r/press-7", "a/press-7/1", "b", "c", "press-7",
            ])
        #expect(outcome.publications[1].payload == Array("é\n".utf8))
        #expect(outcome.publications[1].qos == .atMostOnce)
        #expect(outcome.publications[2].payload == [0xFF] && outcome.publications[2].retain)
        #expect(text(outcome.publications[3].payload) == #"{"temp":81,"l":[1.5,null]}"#)
        #expect(outcome.ruleFailures == 2 && outcome.codes == ["RULE_FAILED"])
        let hostile = subject.hear("plant/1/$SYS/telemetry", #"{"temp":81}"#)
        #expect(hostile.topics.last == "c")
        #expect(hostile.ruleFailures == 3)
        #expect(subject.hear(telemetry, #"{"temp":1}"#).publications.count == 1)
    }

    @Test("an action does not publish more than a payload may have")
    func largeAction() throws {
        var subject = try MindUnderTest(
            pressRules(
                """
                  - name: r
                    on: press-telemetry
                    when: payload.x != ''
                    actions: [ { publish: { topic: 'a', payload: '[payload, payload, payload]' } } ]

                """))
        let body = #"{"x":"\#(String(repeating: "x", count: 400_000))"}"#
        let outcome = subject.hear(telemetry, body)
        #expect(outcome.publications.count == 1)
        #expect(outcome.codes.contains("RULE_FAILED"))
        #expect(json(outcome.publications[0].payload)["value"] == .null)
    }

    @Test("a message that fails, or is no text, leaves the description")
    func failingMessage() throws {
        for message in ["payload.none", "dyn(1)"] {
            var subject = try MindUnderTest(
                pressRules(
                    overheat.replacing("'\"at \" + string(payload.temp)'", with: "'\(message)'")))
            let outcome = subject.hear(telemetry, #"{"temp":90}"#)
            #expect(json(outcome.publications[0].payload)["message"]?.string == "too hot")
            #expect(outcome.codes == ["RULE_FAILED"])
        }
    }

    @Test("a resolved alert's retained message is cleared when its time has come, by a tick")
    func clearing() throws {
        var subject = try MindUnderTest(withoutEpisodes + pressRules(overheat))
        #expect(subject.mind.nextTimer == nil)
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(subject.mind.nextTimer == nil)
        _ = subject.hear(telemetry, #"{"temp":20}"#)
        #expect(subject.mind.nextTimer == subject.at + Limits.resolvedAlertRetention)
        let early = subject.tick(after: Limits.resolvedAlertRetention - .milliseconds(1))
        #expect(!early.isRecorded && early.publications.isEmpty)
        let due = subject.tick(after: .milliseconds(1))
        #expect(due.publications == [Publication(topic: alert, payload: [], retain: true)])
        #expect(due.isRecorded && subject.mind.nextTimer == nil)
        #expect(!subject.tick(after: .seconds(1)).isRecorded)
    }

    @Test("an alert that fires again is not cleared, until it was resolved for long enough")
    func firesAgain() throws {
        var subject = try MindUnderTest(withoutEpisodes + pressRules(overheat))
        for temp in [90, 20, 90] { _ = subject.hear(telemetry, #"{"temp":\#(temp)}"#) }
        #expect(subject.mind.nextTimer == nil)
        #expect(subject.tick(after: Limits.resolvedAlertRetention).publications.isEmpty)
        _ = subject.hear(telemetry, #"{"temp":20}"#)
        let due = try #require(subject.mind.nextTimer)
        #expect(due == subject.at + Limits.resolvedAlertRetention)
        let outcome = subject.hear("other", "1", after: Limits.resolvedAlertRetention)
        #expect(outcome.topics == [alert] && outcome.isUnrouted && outcome.isRecorded)
    }

    @Test("the same rule on two routes of one message fires once")
    func overlapping() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - { name: a, topic: "plant/{line}/{device}/telemetry" }
              - { name: b, topic: "plant/1/{device}/+" }
            rules:
              - { name: overheat, on: [a, b], when: payload.temp > 80 }
              - { name: own, on: b, when: payload.temp > 85 }
            """)
        let fired = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(fired.topics == [alert, "jamey/edge-1/alerts/own/press-7"])
        #expect(Set(fired.decisions.map(\.id)).count == 2)
        #expect(subject.mind.alertsFiring == 2)
        let resolved = subject.hear(telemetry, #"{"temp":20}"#)
        #expect(resolved.decisions.count == 2 && subject.mind.alertsFiring == 0)
        #expect(subject.mind.entityCount == 1)
    }

    @Test("beyond the bound no further alert fires, which is told of once")
    func tooMany() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        subject.mind.alerts.countMax = 2
        for device in 0..<4 {
            let outcome = subject.hear("plant/1/\(device)/telemetry", #"{"temp":90}"#)
            #expect(outcome.decisions.count == (device < 2 ? 1 : 0))
            #expect(outcome.codes == (device == 2 ? ["TOO_MANY_ALERTS"] : []))
        }
        #expect(subject.mind.alertsFiring == 2)
        _ = subject.hear("plant/1/0/telemetry", #"{"temp":1}"#)
        #expect(subject.hear("plant/1/3/telemetry", #"{"temp":91}"#).decisions.count == 1)
    }

    @Test("when too many resolved alerts wait, the oldest is cleared at once")
    func tooManyResolved() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        subject.mind.alerts.countMax = 2
        for device in 0..<3 {
            _ = subject.hear("plant/1/\(device)/telemetry", #"{"temp":90}"#)
            let outcome = subject.hear("plant/1/\(device)/telemetry", #"{"temp":1}"#)
            let cleared = outcome.publications.filter(\.payload.isEmpty).map(\.topic)
            #expect(cleared == (device < 2 ? [] : ["jamey/edge-1/alerts/overheat/0"]))
        }
    }

    @Test("an alert that flaps for ever takes no memory, and clears nobody else's")
    func flapping() {
        var board = AlertBoard()
        board.countMax = 10
        let at = Timestamp(microseconds: 0)
        board.raised("steady")
        #expect(board.resolved("steady", at: at) == nil)
        for _ in 0..<5_000 {
            board.raised("flapping")
            #expect(board.resolved("flapping", at: at) == nil)
        }
        #expect(board.pending.map(\.topic) == ["steady", "flapping"])
        let due = at + Limits.resolvedAlertRetention
        #expect(board.nextCleared(at: due)?.topic == "steady")
        #expect(board.nextCleared(at: due)?.topic == "flapping")
        #expect(board.nextCleared(at: due) == nil && board.nextDue == nil)
    }
}
