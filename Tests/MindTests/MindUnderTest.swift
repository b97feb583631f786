import Core
import Testing

@testable import Mind

/// A mind with a log of its own: events get their sequence as the agent gives it.
struct MindUnderTest {
    static let root = "jamey/edge-1"
    static let evaluate = "jamey/edge-1/conscience/evaluate"
    static let results = "jamey/edge-1/conscience/results"
    static let settings = Mind.Settings(root: root, logID: "log")

    var mind: Mind
    var at = Timestamp(microseconds: 1_700_000_000_000_000)

    init(_ yaml: String, indexesRules: Bool = true) throws {
        mind = Mind(settings: Self.settings, indexesRules: indexesRules)
        _ = try activate(yaml)
    }

    mutating func activate(_ yaml: String) throws -> Outcome {
        let set = try loadRules(yaml)
        return mind.activate(set, by: event(.ruleset(digest: set.digest)))
    }

    /// One second later.
    mutating func hear(
        _ topic: String, _ text: String, qos: QoS = .atLeastOnce, retain: Bool = false,
        _ properties: MessageProperties? = nil, after: Duration = .seconds(1)
    ) -> Outcome {
        hear(
            Message(
                topic: topic, payload: Array(text.utf8), qos: qos, retain: retain,
                properties: properties), after: after)
    }

    mutating func hear(_ message: Message, after: Duration = .seconds(1)) -> Outcome {
        at = at + after
        return mind.perceive(event(.message(message)))
    }

    mutating func tick(after: Duration) -> Outcome {
        at = at + after
        return mind.perceive(event(.tick))
    }

    mutating func control(_ request: SoulRequest, after: Duration = .seconds(1)) -> Outcome {
        at = at + after
        return mind.perceive(event(.control(.soul(request))))
    }

    private func event(_ body: Event.Body) -> Event {
        Event(sequence: mind.sequence + 1, at: at, body: body)
    }
}

extension Outcome {
    func published(on topic: String) -> [Publication] {
        publications.filter { $0.topic == topic }
    }

    var topics: [String] { publications.map(\.topic) }

    /// The decisions as JSON.
    var documents: [JSONValue] { decisions.map { json($0.json) } }

    var codes: [String] { rejections.map(\.code) }

    /// Without what is told once for a life of the process.
    var judgement: Outcome {
        var outcome = self
        outcome.rejections = []
        return outcome
    }
}

/// A document that must be JSON; null and a recorded issue where it is not.
func json(_ bytes: [UInt8]) -> JSONValue {
    do throws(JSONError) {
        return try JSONScanner.scan(bytes)
    } catch {
        Issue.record("not JSON: \(error): \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        return .null
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension JSONValue {
    /// The codes of a verdict's errors.
    var errorCodes: [String] { (self["errors"]?.array ?? []).compactMap { $0["code"]?.string } }
}

/// Routes of the tests: presses that are heard, and commands that are proposed to them.
let pressRoutes = """
    routes:
      - name: press-telemetry
        topic: plant/{line}/{device}/telemetry
        entity: "{device}"
      - name: press-commands
        guard:
          propose: cmd/{device}/{verb}/proposed
          approved: cmd/{device}/{verb}
          denied: cmd/{device}/{verb}/denied
        entity: "{device}"

    """

/// For tests of other timers.
let withoutEpisodes = "episodes: { enabled: false }\n"

func pressRules(_ rules: String) -> String { pressRoutes + "rules:\n" + rules }

/// An alert that holds above 80.
let overheat = """
      - name: overheat
        description: too hot
        on: press-telemetry
        when: payload.temp > 80.0
        messageExpression: '"at " + string(payload.temp)'
        severity: critical

    """

/// One rule on proposals, in YAML.
func stance(
    _ name: String, _ stance: String, weight: Double = 1, when: String = "true",
    more: String = ""
) -> String {
    "  - { name: \(name), on: press-commands, stance: \(stance), weight: \(weight), "
        + "when: '\(when)'\(more.isEmpty ? "" : ", " + more) }\n"
}

let telemetry = "plant/1/press-7/telemetry"
let proposed = "cmd/press-7/start/proposed"

/// The same sequence for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
