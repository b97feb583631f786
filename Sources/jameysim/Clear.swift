import ArgumentParser
import Broker
import Core

/// `jameysim clear`: takes retained messages back.
struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Clears the retained messages of a filter.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Filter whose retained messages are cleared.")
    var filter: String

    func run() throws {
        let client = try broker.client(
            name: "sim-clear", subscriptions: [Subscription(filter: filter, qos: .atMostOnce)])
        try client.step(atMost: .seconds(10), for: "no connection to the broker") {
            client.isReady
        }
        // Retained messages follow the SUBACK; nothing for half a second means that none is left.
        var quietAt = client.now + .milliseconds(500)
        var cleared = 0
        while client.now < quietAt {
            for message in try client.step(until: quietAt) where !message.payload.isEmpty {
                quietAt = client.now + .milliseconds(500)
                guard message.retain else { continue }
                _ = try client.publish(
                    Publication(topic: message.topic, payload: [], retain: true))
                cleared += 1
            }
        }
        try client.step(atMost: .seconds(10), for: "confirmations") { client.isConfirmed }
        client.close()
        say("\(cleared) retained messages cleared")
    }
}
