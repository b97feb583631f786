import ArgumentParser
import Broker
import Core

/// `jameysim devices`: presses that report once a second and are sometimes told what to do.
struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulates presses on plant/{line}/{device}/telemetry, with proposals.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "How many presses.")
    var count = 8

    @Option(help: "Milliseconds between two readings of a press.")
    var interval = 1_000

    @Option(help: "The same seed gives the same readings.")
    var seed: UInt64 = 1

    @Option(help: "End after so many readings; 0: never.")
    var readings = 0

    func validate() throws {
        guard (1...100_000).contains(count) else {
            throw ValidationError("--count is from 1 to 100,000")
        }
        guard (1...3_600_000).contains(interval) else {
            throw ValidationError("--interval is from 1 to 3,600,000 milliseconds")
        }
    }

    func run() throws {
        let interruption = Interruption()
        var plant = Plant(presses: count, seed: seed)
        let client = try broker.client(name: "sim-devices", subscriptions: Plant.subscriptions)
        try client.step(atMost: .seconds(10), for: "no connection to the broker") {
            client.isReady
        }
        let start = client.now
        var sent = 0
        while !interruption.hasCome, readings == 0 || sent < readings {
            // Reading n is due n shares of an interval after the start, on press n mod count.
            let due = start + .microseconds(Int64(sent) * Int64(interval) * 1_000 / Int64(count))
            while client.now >= due, client.hasRoom {
                for publication in plant.next(sent % count) {
                    _ = try client.publish(publication)
                }
                sent += 1
                break
            }
            for message in try client.step(until: max(due, client.now)) { plant.hear(message) }
        }
        try? client.step(atMost: .seconds(5), for: "confirmations") { client.isConfirmed }
        client.close()
    }
}

/// All presses of the simulation.
struct Plant {
    private var presses: [Press]
    private var byName: [String: Int]
    private var random: SeededRandom

    /// Approved commands only; a device never acts on what is merely proposed.
    static let subscriptions = [Subscription(filter: "cmd/+/+", qos: .atLeastOnce)]

    init(presses count: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let presses = (1...count).map { Press(number: $0, using: &random) }
        byName = Dictionary(uniqueKeysWithValues: zip(presses.map(\.name), presses.indices))
        self.presses = presses
        self.random = random
    }

    /// The next reading of one press, and the proposal made to it, if any.
    mutating func next(_ index: Int) -> [Publication] {
        let reading = presses[index].read(using: &random)
        var publications = [
            Publication(topic: presses[index].telemetryTopic, payload: Array(reading.utf8))
        ]
        if let proposal = presses[index].propose(using: &random) {
            publications.append(
                Publication(
                    topic: "cmd/\(presses[index].name)/\(proposal.verb)/proposed",
                    payload: Array(proposal.payload.utf8)))
        }
        return publications
    }

    /// Carries out an approved command.
    mutating func hear(_ message: Message) {
        let levels = message.topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == 3, let index = byName[String(levels[1])] else { return }
        let command = ApprovedCommand(message.payload)
        presses[index].obey(verb: String(levels[2]), rpm: command?.rpm)
    }
}
