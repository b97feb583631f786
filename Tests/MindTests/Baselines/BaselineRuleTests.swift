import Core
import Testing

@testable import Mind

@Suite("Rules that ask what is usual")
struct BaselineRuleTests {
    private static func yaml(_ rules: String, record: String = "all") -> String {
        """
        routes:
          - { name: t, topic: "t/{device}", record: \(record), entity: "{device}" }
          - { name: u, topic: "u/{device}", entity: "{device}" }
        rules:
        \(rules)

        """
    }

    private static func rule(_ when: String, name: String = "r", more: String = "") -> String {
        "  - { name: \(name), on: t, when: '\(when)'\(more) }"
    }

    private static func heard(_ when: String, record: String = "all", more: String = "") throws
        -> MindUnderTest
    {
        try MindUnderTest(yaml(rule(when, more: more), record: record))
    }

    private static let spread = "baseline.zscore(payload.x) > 6.0"
    private static let all =
        Self.rule("baseline.zscore(payload.x) > 6.0", name: "z") + "\n"
        + Self.rule("payload.x > baseline.quantile(payload.x, 0.99)", name: "q") + "\n"
        + Self.rule(
            "baseline.joint() > 1.0", name: "j",
            more: ", keep_firing_for: 10s, messageExpression: "
                + "'baseline.departed().join(\", \")'")

    /// What is usual: `y` and `x` go up and down together.
    private static func payload(_ number: Int) -> String {
        let x = Double(number * number % 17) + Double(number / 50 % 5)
        return #"{"x":\#(x),"y":\#(2 * x + Double(number % 3))}"#
    }

    private static func learn(
        _ subject: inout MindUnderTest, _ count: Int, from first: Int = 0, topic: String = "t/a"
    ) {
        for number in first..<(first + count) { _ = subject.hear(topic, payload(number)) }
    }

    @Test("fire for what is unusual, and for nothing while they learn")
    func firing() throws {
        var subject = try MindUnderTest(Self.yaml(Self.all))
        for _ in 0..<59 {
            #expect(subject.hear("t/a", #"{"x":1e9,"y":-1e9}"#).decisions.isEmpty)
        }
        subject = try MindUnderTest(Self.yaml(Self.all))
        Self.learn(&subject, 900)
        func raised(_ payload: String) -> [String] {
            subject.hear("t/a", payload).documents.compactMap {
                $0["state"]?.string == "firing" ? $0["rule"]?.string : nil
            }
        }
        #expect(raised(#"{"x":500,"y":10}"#) == ["z", "q"])
        var departed: [JSONValue] = []
        for _ in 0..<60 {
            departed += subject.hear("t/a", #"{"x":0,"y":30}"#).documents.filter {
                $0["rule"]?.string == "j"
            }
        }
        #expect(departed.first?["state"]?.string == "firing")
        let message = try #require(departed.first?["message"]?.string)
        #expect(["x", "y", "x, y", "y, x"].contains(message))
    }

    @Test("a message is judged by what was learned before it")
    func before() throws {
        var subject = try Self.heard("payload.x > baseline.quantile(payload.x, 0.5)")
        for number in 0..<60 {
            let outcome = subject.hear("t/a", #"{"x":\#(number)}"#)
            #expect(outcome.decisions.isEmpty, "\(number)")
        }
        // The median of 0...59 is 29, whatever this one is.
        #expect(subject.hear("t/a", #"{"x":31}"#).decisions.count == 1)
    }

    @Test("each entity and each route learns for itself, and costs nothing where nobody asks")
    func apart() throws {
        var subject = try Self.heard(Self.spread)
        Self.learn(&subject, 100)
        let bytes = subject.mind.baselineBytes
        #expect(bytes > 0)
        Self.learn(&subject, 100, topic: "u/a")
        #expect(subject.mind.baselineBytes == bytes)
        #expect(subject.hear("t/b", #"{"x":1e9}"#).decisions.isEmpty)
        #expect(subject.hear("t/a", #"{"x":1e9}"#).decisions.count == 1)
        let plain = try Self.heard("payload.x > 1")
        let asks = plain.mind.baselinePlans.contains { !$0.isEmpty }
        #expect(!asks)
    }

    @Test("several rules share what was learned")
    func shared() throws {
        var one = try MindUnderTest(Self.yaml(Self.rule(Self.spread)))
        var two = try MindUnderTest(
            Self.yaml(
                Self.rule(Self.spread) + "\n"
                    + Self.rule("baseline.zscore(payload[\"x\"]) < -6.0", name: "s")))
        Self.learn(&one, 100)
        Self.learn(&two, 100)
        #expect(one.mind.baselineBytes == two.mind.baselineBytes)
        #expect(two.hear("t/a", #"{"x":-1e9}"#).decisions.count == 1)
    }

    @Test("a field that is missing or no number is not learned, and an error of the rule")
    func missing() throws {
        var subject = try Self.heard("has(payload.x) && \(Self.spread)")
        Self.learn(&subject, 100)
        let before = subject.mind.baselines.baseline(of: 0, on: 0)?.fields
        #expect(subject.hear("t/a", #"{"y":1}"#).codes.isEmpty)
        #expect(subject.hear("t/a", #"{"x":"hot"}"#).codes == ["RULE_FAILED"])
        #expect(subject.hear("t/a", "{").ruleFailures == 0)
        #expect(subject.mind.baselines.baseline(of: 0, on: 0)?.fields == before)
    }

    @Test("what is not recorded is judged and not learned")
    func unrecorded() throws {
        var subject = try Self.heard(Self.spread, record: "every 10s")
        Self.learn(&subject, 100)
        let spread = subject.mind.baselines.baseline(of: 0, on: 0)?.fields[0].spread
        #expect(spread?.count == 10)
    }

    @Test("fields lie at any depth, and the payload itself can be one")
    func depth() throws {
        var subject = try MindUnderTest(
            Self.yaml(
                Self.rule(#"baseline.zscore(payload.a["b c"]) > 6.0"#) + "\n"
                    + Self.rule("baseline.zscore(payload) > 6.0", name: "p")))
        for number in 0..<100 {
            _ = subject.hear("t/a", #"{"a":{"b c":\#(number % 7)}}"#)
            _ = subject.hear("t/b", "\(number % 7)")
        }
        #expect(subject.hear("t/a", #"{"a":{"b c":99}}"#).decisions.map(\.entity) == ["a"])
        #expect(subject.hear("t/b", "99").decisions.map(\.entity) == ["b"])
    }

    @Test("a timer's message says what the last reading was, judged once more")
    func timers() throws {
        let rule = Self.rule(
            "payload.x > 100",
            more: ", for: 5s, messageExpression: "
                + "'(baseline.zscore(payload.x) > 6.0 ? \"far: \" : \"\") + "
                + "baseline.departed().join(\",\")'")
        var subject = try MindUnderTest(Self.yaml(rule))
        Self.learn(&subject, 700)
        _ = subject.hear("t/a", #"{"x":400,"y":3}"#)
        let raised = subject.tick(after: .seconds(5)).documents
        let message = try #require(raised.first?["message"]?.string)
        #expect(message.hasPrefix("far: ") && message.count > 5, "\(message)")
    }

    @Test("another text of a rule, another rule and another order keep it; nobody asking does not")
    func changed() throws {
        var subject = try MindUnderTest(Self.yaml(Self.all))
        Self.learn(&subject, 450)
        let before = subject.mind.baselines.baseline(of: 0, on: 0)
        let reordered =
            Self.rule("baseline.zscore(payload.y) > 3.0", name: "first") + "\n"
            + Self.rule("baseline.joint() > 1.5", name: "j") + "\n"
            + Self.rule("baseline.zscore(payload.x) > 4.0", name: "z")
        _ = try subject.activate(Self.yaml(reordered))
        let after = subject.mind.baselines.baseline(of: 0, on: 0)
        #expect(after?.joint == before?.joint && after?.joint?.count == 450)
        // `y` is new, `x` is not; its quantiles are asked for no longer.
        #expect(after?.fields[0].spread?.count == 0)
        #expect(after?.fields[1].spread == before?.fields[0].spread)
        #expect(before?.fields[0].quantiles != nil && after?.fields[1].quantiles == nil)
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: subject.mind.checkpoint(),
            ruleset: subject.mind.ruleset)
        #expect(restored.checkpoint() == subject.mind.checkpoint())
        // The other route learns nothing of it.
        _ = try subject.activate(
            Self.yaml(Self.all.replacing("on: t,", with: "on: u,")))
        #expect(subject.mind.baselineBytes == 0)
    }

    @Test("an entity that is forgotten takes it along")
    func forgotten() throws {
        var subject = try Self.heard(Self.spread)
        subject.mind.entities.countMax = 1
        Self.learn(&subject, 100)
        let bytes = subject.mind.baselineBytes
        Self.learn(&subject, 1, topic: "t/b")
        #expect(subject.mind.baselineBytes < bytes && subject.mind.entityCount == 1)
        // It begins anew.
        #expect(subject.hear("t/a", #"{"x":1e9}"#).decisions.isEmpty)
    }

    @Test("beyond the bytes for all, the least recently heard entity is forgotten")
    func bytes() throws {
        var subject = try Self.heard(Self.spread)
        Self.learn(&subject, 100)
        subject.mind.baselines.bytesMax = subject.mind.baselineBytes + 10
        for device in 0..<5 {
            Self.learn(&subject, 2, topic: "t/\(device)")
            #expect(subject.mind.baselineBytes <= subject.mind.baselines.bytesMax)
        }
        #expect(subject.mind.entities.find("a") == nil)
    }

    @Test("beyond the bytes for one entity, its baselines begin anew, which is told of once")
    func entityBytes() throws {
        var subject = try Self.heard("payload.x > baseline.quantile(payload.x, 0.5)")
        subject.mind.baselines.entityBytesMax = 1_000
        var codes: [String] = []
        var most = 0
        for number in 0..<500 {
            codes += subject.hear("t/a", #"{"x":\#(number * number)}"#).codes
            most = max(most, subject.mind.baselineBytes)
        }
        #expect(codes == ["BASELINES_FULL"])
        #expect(most <= 1_000)
    }
}
