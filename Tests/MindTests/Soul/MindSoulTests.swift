import Core
import Testing

@testable import Mind

@Suite("What the mind comes to believe")
struct MindSoulTests {
    private static func soul(_ text: String) -> String { "soul: { \(text) }\n" }

    private static let feeling = pressRules(
        """
          - name: hot
            on: press-telemetry
            when: payload.temp > 80
            severity: critical
            actions:
              - feel: { emotion: anger, weight: 2 }
              - feel: { emotion: sadness }
          - { name: warm, on: press-telemetry, when: payload.temp > 60, severity: warning }
          - { name: told, on: press-telemetry, when: payload.temp > 40, severity: info }

        """ + stance("no", "oppose", when: "params.verb == \"stop\"")
            + stance("yes", "support", when: "params.verb == \"start\"")
            + stance("never", "veto", when: "params.verb == \"burn\"")
            + stance("broken", "oppose", when: "payload.none == 1 && params.verb == \"break\""))

    private func pieces(_ outcome: Outcome) -> [String] {
        outcome.evidence.map { piece in
            guard case .emotion(let emotion) = piece.kind else { return "\(piece.kind)" }
            return "\(piece.source.rawValue) \(piece.origin) \(emotion.rawValue) "
                + "\(Soul.pieces(piece.weight))"
        }
    }

    @Test("a rule's feelings are evidence with what it came to, and with the alert's decision")
    func felt() throws {
        var subject = try MindUnderTest(Self.feeling)
        let raised = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(pieces(raised) == ["rule hot anger 2.0", "rule hot sadness 1.0"])
        let first = try #require(raised.evidence.first)
        #expect(first.entity == "press-7" && first.eventSequence == 2 && first.at == subject.at)
        #expect(first.decisionID == "log-2" && first.before == 0.5)
        #expect(first.trust == raised.evidence[1].before && first.trust == 1.2 / 4)
        #expect(first.heard == subject.at...subject.at)
        #expect(subject.mind.trust(of: "press-7", at: subject.at) == raised.evidence[1].trust)
        // What the alert tells is what was believed when it was raised.
        #expect(raised.documents.first?["trust"]?.double == 0.5)
        let resolved = subject.hear(telemetry, #"{"temp":1}"#)
        #expect(resolved.souls.isEmpty && resolved.decisions.count == 3)
        #expect((resolved.documents.first?["trust"]?.double ?? 1) < 0.3)
    }

    @Test("trust is half forgotten after a half-life of the log's time, without an event")
    func halfLife() throws {
        var subject = try MindUnderTest(Self.soul("half_life: 1h") + Self.feeling)
        let control = SoulRequest(
            entity: "press-7", action: .record(.neutral, weight: 8 * Soul.piece, note: ""))
        #expect(subject.control(control).evidence.count == 1)
        let later = subject.at + .seconds(3600)
        let soul = try #require(subject.mind.soul(of: "press-7", at: later))
        #expect(soul.evidenceFor == 2 * Soul.piece && soul.evidenceAgainst == 2 * Soul.piece)
        // Other rules, another half-life: it is that of the rules in force that counts.
        _ = try subject.activate(Self.soul("half_life: 30m") + Self.feeling)
        #expect(subject.mind.soul(of: "press-7", at: later)?.evidenceFor == Soul.piece)
        #expect(subject.mind.soul(of: "nobody", at: later) == nil)
        #expect(subject.mind.trust(of: "nobody", at: later) == 0.5)
    }

    @Test("rules read trust and mood as they are now")
    func scope() throws {
        var subject = try MindUnderTest(
            Self.soul("half_life: 1h")
                + pressRules(
                    """
                      - { name: bad, on: press-telemetry, when: device.trust < 0.3 }
                      - { name: angry, on: press-telemetry, when: 'device.mood == "anger"' }
                      - name: all
                        on: press-telemetry
                        when: 'has(device.id) && device["mood"] == "anger"'

                    """
                        + stance(
                            "wary", "oppose",
                            when: "entity.trust < 0.3 && entity.mood != \"joy\""))
        )
        #expect(subject.hear(telemetry, "{}").decisions.isEmpty)
        _ = subject.control(
            SoulRequest(
                entity: "press-7", action: .record(.anger, weight: 10 * Soul.piece, note: "")))
        let heard = subject.hear(telemetry, "{}")
        #expect(heard.documents.compactMap { $0["rule"]?.string } == ["bad", "angry", "all"])
        let verdict = try #require(subject.hear(proposed, "{}").documents.first)
        #expect(verdict["applied_rules"]?.array?.count == 1)
        #expect((verdict["trust"]?.double ?? 1) < 0.2)
        // Nobody has said anything: it is forgotten, and the mood with it.
        let forgotten = subject.hear(telemetry, "{}", after: .seconds(40 * 3600))
        #expect(forgotten.decisions.map(\.isPositive) == [false, false, false])
    }

    @Test("a timer's alert reads trust of the moment when it was due")
    func timer() throws {
        var subject = try MindUnderTest(
            Self.soul("half_life: 1h")
                + pressRules(
                    """
                      - name: slow
                        on: press-telemetry
                        when: payload.temp > 80
                        for: 1h
                        messageExpression: 'string(device.trust) + " " + device.mood'

                    """))
        _ = subject.control(
            SoulRequest(
                entity: "press-7", action: .record(.neutral, weight: 8 * Soul.piece, note: "")))
        _ = subject.control(SoulRequest(entity: "press-7", action: .set(0.9)))
        _ = subject.hear(telemetry, #"{"temp":90}"#, after: .zero)
        let document = subject.tick(after: .seconds(9_000)).documents.first
        // Of 9.8 for and 0.2 against, forgotten at nearly half the rate.
        let trust = document?["trust"]?.double ?? 0
        #expect(trust > 0.85 && trust < 0.9)
        #expect(document?["message"]?.string?.hasSuffix(" love") == true)
    }

    // MARK: By itself

    @Test("without auto_record only what rules say is recorded")
    func notAutomatic() throws {
        var subject = try MindUnderTest(Self.feeling)
        #expect(subject.hear(telemetry, #"{"temp":70}"#).decisions.count == 2)
        #expect(subject.mind.souls.count == 0)
        #expect(subject.hear(proposed, "{}").souls.isEmpty)
        #expect(subject.hear("cmd/press-7/stop/proposed", "{}").souls.isEmpty)
    }

    @Test("with it alerts are, by severity, unless their rule has feelings of its own")
    func alerts() throws {
        var subject = try MindUnderTest(Self.soul("auto_record: true") + Self.feeling)
        #expect(
            pieces(subject.hear(telemetry, #"{"temp":90}"#)) == [
                "rule hot anger 2.0", "rule hot sadness 1.0", "alert warm sadness 1.0",
            ])
        var chosen = try MindUnderTest(
            Self.soul("auto_record: true, alert: { info: joy, warning: none }") + Self.feeling)
        #expect(pieces(chosen.hear(telemetry, #"{"temp":70}"#)) == ["alert told joy 1.0"])
    }

    @Test("and verdicts that rules have decided, about what was heard")
    func verdicts() throws {
        var subject = try MindUnderTest(Self.soul("auto_record: true") + Self.feeling)
        // Whoever proposes chooses the name.
        #expect(subject.hear("cmd/made-up/stop/proposed", "{}").souls.isEmpty)
        #expect(subject.mind.souls.count == 0)
        _ = subject.hear(telemetry, "{}")
        let denied = subject.hear("cmd/press-7/stop/proposed", "{}")
        #expect(pieces(denied) == ["verdict press-commands anger 0.1"])
        #expect(denied.evidence.first?.decisionID == denied.decisions.first?.id)
        #expect(denied.documents.first?["trust"]?.double == 0.5)
        #expect(pieces(subject.hear(proposed, "{}")) == ["verdict press-commands joy 0.1"])
        let vetoed = subject.hear("cmd/press-7/burn/proposed", "{}")
        #expect(pieces(vetoed) == ["verdict press-commands anger 0.1"])
        for (topic, payload) in [
            ("cmd/press-7/none/proposed", "{}"), ("cmd/press-7/stop/proposed", "{"),
            ("cmd/press-7/break/proposed", "{}"),
        ] {
            #expect(subject.hear(topic, payload).decisions.map(\.isPositive) == [false])
            #expect(subject.hear(topic, payload).souls.isEmpty, "\(topic)")
        }
        // A request to judge carries nothing out, and says whom it is about by itself.
        let asked = subject.hear(
            MindUnderTest.evaluate, #"{"action":"x","entity":"press-7"}"#)
        #expect(asked.decisions.count == 1 && asked.souls.isEmpty)
        let retained = subject.hear("cmd/press-7/stop/proposed", "{}", retain: true)
        #expect(retained.decisions.count == 1 && retained.souls.isEmpty)
    }

    @Test("a flood of proposals moves trust to a bound, and then says nothing any more")
    func flood() throws {
        var subject = try MindUnderTest(Self.soul("auto_record: true") + Self.feeling)
        _ = subject.hear(telemetry, "{}")
        var recorded = 0
        for _ in 0..<1_000 {
            let outcome = subject.hear(
                "cmd/press-7/stop/proposed", "{}", after: .microseconds(1))
            recorded += outcome.souls.count
        }
        #expect(recorded == 10)
        let trust = subject.mind.trust(of: "press-7", at: subject.at)
        #expect(trust > 0.36 && trust < 0.37)
    }

    // MARK: By people

    @Test("people record, set, decay and forget; what is not there is not forgotten")
    func requests() throws {
        var subject = try MindUnderTest(Self.feeling)
        func ask(_ action: SoulRequest.Action) -> Outcome {
            subject.control(SoulRequest(entity: "lamp", action: action, author: "ann"))
        }
        #expect(ask(.forget).souls.isEmpty && ask(.decay(halfLives: 1)).souls.isEmpty)
        #expect(ask(.forget).isRecorded)
        let record = ask(.record(.love, weight: 3 * Soul.piece, note: "repaired"))
        #expect(record.evidence.first?.trust == 0.8 && record.evidence.first?.note == "repaired")
        #expect(record.evidence.first?.heard == nil)
        let set = ask(.set(0.25))
        #expect(set.evidence.first?.before ?? 0 > 0.79)
        #expect(abs(subject.mind.trust(of: "lamp", at: subject.at) - 0.25) < 1e-9)
        let decayed = ask(.decay(halfLives: 100)).evidence.first
        #expect(decayed?.kind == .decay && decayed?.trust == 0.5)
        #expect(ask(.forget).souls == [.forget("lamp")])
        #expect(subject.mind.souls.count == 0 && subject.mind.entities.count == 0)
    }

    // MARK: Keeping

    @Test("what is believed outlives what is remembered of an entity")
    func outlives() throws {
        var subject = try MindUnderTest(Self.feeling)
        subject.mind.entities.countMax = 2
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        let trust = subject.mind.trust(of: "press-7", at: subject.at)
        for name in ["a", "b", "c"] { _ = subject.hear("plant/1/\(name)/telemetry", "{}") }
        #expect(subject.mind.entities.find("press-7") == nil)
        #expect(abs(subject.mind.trust(of: "press-7", at: subject.at) - trust) < 1e-4)
    }

    @Test("souls are bounded; the one that was changed longest ago is forgotten")
    func bounded() throws {
        var subject = try MindUnderTest(Self.feeling)
        subject.mind.souls.countMax = 3
        func feel(_ name: String) {
            _ = subject.control(
                SoulRequest(
                    entity: name, action: .record(.joy, weight: Soul.piece, note: "")))
        }
        for name in ["a", "b", "c", "a", "d"] { feel(name) }
        var names: [String] = []
        subject.mind.forEachSoul { name, _ in names.append(name) }
        #expect(names == ["c", "a", "d"] && subject.mind.souls.find("b") == nil)
        feel("e")
        feel("b")
        names = []
        subject.mind.forEachSoul { name, _ in names.append(name) }
        #expect(names == ["d", "e", "b"] && subject.mind.souls.count == 3)
    }

    @Test("a checkpoint holds souls, and a damaged one is refused")
    func checkpoint() throws {
        var subject = try MindUnderTest(Self.soul("auto_record: true") + Self.feeling)
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        _ = subject.hear(proposed, "{}")
        _ = subject.control(SoulRequest(entity: "é", action: .set(0.9)))
        let bytes = subject.mind.checkpoint()
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: bytes, ruleset: subject.mind.ruleset)
        #expect(restored.checkpoint() == bytes && restored.souls.count == 2)
        #expect(restored.souls.find("press-7") == subject.mind.souls.find("press-7"))
        // Before the name of the newest soul stands how long it is.
        var damaged = Array(bytes.dropLast(32))
        let name = Array("é".utf8)
        let place = damaged.indices.dropLast().last { Array(damaged[$0...($0 + 1)]) == name }
        damaged[try #require(place) - 1] = 0xff
        #expect(throws: CheckpointError.self) {
            try Mind(
                settings: MindUnderTest.settings, checkpoint: Mind.sealed(damaged),
                ruleset: subject.mind.ruleset)
        }
    }

    @Test("a verdict's inputs have another name when another soul was read")
    func digest() throws {
        func inputs(_ request: SoulRequest?) throws -> String? {
            var subject = try MindUnderTest(Self.feeling)
            _ = subject.hear(telemetry, "{}")
            // An event in any case, so that nothing else differs.
            _ = subject.control(request ?? SoulRequest(entity: "else", action: .set(0.9)))
            return subject.hear(proposed, "{}").documents.first?["inputs"]?.string
        }
        let without = try inputs(nil)
        #expect(try inputs(SoulRequest(entity: "press-7", action: .set(0.9))) != without)
        #expect(try inputs(SoulRequest(entity: "other", action: .set(0.2))) == without)
    }
}
