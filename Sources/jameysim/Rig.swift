import ArgumentParser
import Broker
import Core

/// `jameysim rig`: a recorded rig plays itself, and an operator keeps proposing to start it.
struct Rig: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replays a recording of SKAB's pump rig on rig/{device}/telemetry.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "The recording, as SKAB publishes it: columns separated by semicolons.")
    var input: String

    @Option(help: "How many times faster than it was recorded (one reading a second).")
    var speed = 60.0

    @Option(help: "Readings between two proposals to start the rig.")
    var proposeEvery = 30

    @Flag(help: "Print no outcome of a proposal, only the sum of them.")
    var quiet = false

    func validate() throws {
        guard speed >= 0.01, speed <= 100_000 else {
            throw ValidationError("--speed is from 0.01 to 100,000")
        }
        guard proposeEvery >= 1 else { throw ValidationError("--propose-every is at least 1") }
    }

    func run() throws {
        let interruption = Interruption()
        let recording = try RigRecording(path: input)
        let filter = "rig/\(recording.device)/cmd/start"
        let client = try broker.client(
            name: "sim-\(recording.device)",
            subscriptions: [
                Subscription(filter: filter, qos: .atLeastOnce),
                Subscription(filter: filter + "/denied", qos: .atLeastOnce),
            ])
        try client.step(atMost: .seconds(10), for: "no connection to the broker") {
            client.isReady
        }
        var outcomes = RigOutcomes(device: recording.device, isQuiet: quiet)
        try replay(recording, over: client, outcomes: &outcomes, interruption)
        let deadline = client.now + .seconds(5)
        while !outcomes.areComplete, client.now < deadline, !interruption.hasCome {
            for message in try client.step(until: deadline) { outcomes.hear(message) }
        }
        client.close()
        say(outcomes.summary)
    }

    private func replay(
        _ recording: RigRecording, over client: Client, outcomes: inout RigOutcomes,
        _ interruption: Interruption
    ) throws(SimError) {
        let start = client.now
        var index = 0
        while index < recording.readings.count, !interruption.hasCome {
            let due = start + .microseconds(Int64(Double(index) * 1_000_000 / speed))
            if client.now >= due, client.hasRoom {
                let reading = recording.readings[index]
                try publish(reading, number: index, over: client, outcomes: &outcomes)
                index += 1
                continue
            }
            for message in try client.step(until: max(due, client.now + .milliseconds(1))) {
                outcomes.hear(message)
            }
        }
    }

    private func publish(
        _ reading: RigRecording.Reading, number: Int, over client: Client,
        outcomes: inout RigOutcomes
    ) throws(SimError) {
        let telemetry = Publication(
            topic: "rig/\(outcomes.device)/telemetry", payload: Array(reading.json.utf8))
        guard try client.publish(telemetry) else { return }
        outcomes.readings += 1
        guard (number + 1).isMultiple(of: proposeEvery) else { return }
        let proposal = Publication(
            topic: "rig/\(outcomes.device)/cmd/start/proposed",
            payload: Array(#"{"action":"start","user_id":"operator"}"#.utf8))
        if try client.publish(proposal) { outcomes.propose(at: reading.at) }
    }
}

/// What was proposed to the rig, and what became of it.
struct RigOutcomes {
    let device: String
    let isQuiet: Bool
    var readings = 0
    private(set) var approved = 0
    private(set) var denied = 0
    private var proposed = 0
    /// The recorded times of the proposals that wait for an answer, oldest first.
    private var waiting: [String] = []

    init(device: String, isQuiet: Bool) {
        self.device = device
        self.isQuiet = isQuiet
    }

    var areComplete: Bool { waiting.isEmpty }

    var summary: String {
        """
        \(device): \(readings) readings, \(proposed) proposals: \(approved) approved, \
        \(denied) denied, \(waiting.count) unanswered
        """
    }

    mutating func propose(at time: String) {
        proposed += 1
        waiting.append(time)
    }

    /// The agent answers in the order of the proposals.
    mutating func hear(_ message: Message) {
        // Nothing was asked: an answer to someone else, or a retained one.
        guard !waiting.isEmpty, !message.retain else { return }
        let time = waiting.removeFirst()
        if message.topic.hasSuffix("/denied") {
            denied += 1
            let why = Denial(message.payload)?.explanation ?? "no explanation"
            if !isQuiet { say("\(time)  \(device)  start proposed: denied (\(why))") }
        } else {
            approved += 1
            if !isQuiet { say("\(time)  \(device)  start proposed: approved") }
        }
    }
}
