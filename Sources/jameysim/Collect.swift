import ArgumentParser
import Broker
import Core
import FoundationEssentials

/// `jameysim collect`: writes down what it hears, and acknowledges only what is written.
struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Appends received messages to a file as JSON Lines, in a persistent session.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Client identifier, which names the session.")
    var client = "sim-collect"

    @Option(help: "Filter to subscribe to; may be repeated.")
    var filter: [String]

    @Option(help: "File to append to.")
    var output: String

    @Option(help: "End after so many messages; 0: when told.")
    var count = 0

    func run() throws {
        let interruption = Interruption()
        let file = try LineFile(appendingTo: output)
        let link = try broker.client(
            name: client, isPersistent: true,
            subscriptions: filter.map { Subscription(filter: $0, qos: .atLeastOnce) })
        var collected = 0
        var wasReady = false
        while !interruption.hasCome, count == 0 || collected < count {
            for message in try link.step(until: link.now + .milliseconds(100)) {
                try file.write(CollectedLine(message).json())
                collected += 1
            }
            if link.isReady, !wasReady {
                say("collecting")
                wasReady = true
            }
        }
        link.close()
        say("\(collected) messages")
    }
}

/// One message of a collection: `payload` where it is text, `payload_base64` where it is not.
struct CollectedLine: Encodable {
    var topic: String
    var qos: UInt8
    var retain: Bool
    var payload: String?
    var payload_base64: String?
    var correlation: String?
    /// The first value of each name.
    var properties: [String: String]?

    init(_ message: Message) {
        topic = message.topic
        qos = message.qos.rawValue
        retain = message.retain
        payload = String(validating: message.payload, as: UTF8.self)
        if payload == nil { payload_base64 = Data(message.payload).base64EncodedString() }
        guard let all = message.properties else { return }
        correlation = all.correlationData.map { String(decoding: $0, as: UTF8.self) }
        if !all.user.isEmpty {
            properties = Dictionary(
                all.user.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
    }

    func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
