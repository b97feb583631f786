import Broker
import BrokerTestSupport
import Core

/// An observer with a persistent session that writes down all that an agent says.
final class Collector {
    struct Status: Equatable {
        var state: String
        var bootID: String
        var reason: String
        var at: ContinuousClock.Instant
    }

    let client: Client
    private let root: String
    private(set) var statuses: [Status] = []
    private(set) var availability: [String] = []
    private(set) var health: JSONValue?
    private(set) var metrics: JSONValue?
    /// The codes on `events/errors`.
    private(set) var errors: [String] = []
    /// The identifiers of decisions, on the results topic and on alerts.
    private(set) var decisionIDs: Set<String> = []
    /// Approved commands by the decision that they name.
    private(set) var commands: [String: [UInt8]] = [:]
    /// Answers to requests.
    private(set) var answers: [Message] = []

    init(_ site: Site, port: Int, stage: Stage) {
        root = site.root
        client = stage.add(
            Client(
                port: port, id: "collector-\(site.node)",
                filters: ["\(site.root)/#", "cmd/+/+", "answers/#"]))
        client.heard = { [unowned self] message in hear(message) }
    }

    /// Whether the agent has said `online` since then.
    func isOnline(since start: ContinuousClock.Instant) -> Bool {
        statuses.last.map { $0.state == "online" && $0.at >= start } ?? false
    }

    func metric(_ name: String) -> Double? { metrics?["jamey_\(name)"]?.double }

    private func hear(_ message: Message) {
        let document = try? JSONScanner.scan(message.payload)
        let topic = message.topic.dropFirst(root.count)
        guard message.topic.hasPrefix(root) else {
            if message.topic.hasPrefix("answers/") { answers.append(message) }
            let id = message.properties?.user.first { $0.name == "decision_id" }?.value
            if let id { commands[id] = message.payload }
            return
        }
        switch topic {
        case "/availability": availability.append(String(decoding: message.payload, as: UTF8.self))
        case "/status": if let document { hear(status: document) }
        case "/health": health = document
        case "/metrics": metrics = document
        case "/events/errors": errors.append(document?["code"]?.string ?? "")
        default: if let id = document?["decision_id"]?.string { decisionIDs.insert(id) }
        }
    }

    private func hear(status: JSONValue) {
        statuses.append(
            Status(
                state: status["status"]?.string ?? "", bootID: status["boot_id"]?.string ?? "",
                reason: status["reason"]?.string ?? "", at: .now))
    }
}
