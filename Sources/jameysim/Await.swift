import ArgumentParser
import Broker
import Core

/// `jameysim await`: waits for a message, such as the agent's retained `online`.
struct Await: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Waits for a message on a topic; fails when it does not come in time.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Topic or filter.")
    var topic: String

    @Option(help: "Exact payload to wait for; any when left out.")
    var payload: String?

    @Option(help: "Seconds to wait.")
    var timeout = 20

    func run() throws {
        let client = try broker.client(
            name: "sim-await", subscriptions: [Subscription(filter: topic, qos: .atMostOnce)])
        var isHeard = false
        let what = "no \(payload ?? "message") on \(topic)"
        try client.step(
            atMost: .seconds(timeout), for: what,
            hear: { message in
                if let payload, Array(payload.utf8) != message.payload { return }
                isHeard = true
            }, until: { isHeard })
        client.close()
    }
}
