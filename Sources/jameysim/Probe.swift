import ArgumentParser
import Broker
import Core

/// `jameysim probe`: how long a verdict takes, beside a plain echo on the same broker.
struct Probe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Proposes commands at a steady rate and prints how long their verdicts took.",
        discussion: """
            Every --window seconds, one line of JSON: for verdicts and for echoes how many came, \
            and p50, p99, p99.9 and the greatest in microseconds. With each proposal a message is \
            published that only we hear: the echo. The agent needs a guard that approves \
            bench/probe/proposed as bench/probe.
            """)

    static let proposals = "bench/probe/proposed"
    static let approved = "bench/probe"
    static let echo = "bench/echo"

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Proposals a second, up to 10,000.")
    var rate = 20.0

    @Option(help: "For how many seconds.")
    var seconds = 60

    @Option(help: "Seconds that one line is about; 0: all of them.")
    var window = 0

    func validate() throws {
        guard rate > 0, rate <= 10_000 else {
            throw ValidationError("--rate is above 0 and at most 10,000")
        }
        guard (1...100_000).contains(seconds), (0...seconds).contains(window) else {
            throw ValidationError("--seconds is from 1 to 100,000, --window at most that")
        }
    }

    func run() throws {
        let interruption = Interruption()
        let client = try broker.client(
            name: "sim-probe",
            subscriptions: [
                Subscription(filter: Self.approved, qos: .atLeastOnce),
                Subscription(filter: Self.echo, qos: .atLeastOnce),
            ])
        try client.step(atMost: .seconds(20), for: "no broker", until: { client.isReady })
        var delays = ProbeDelays()
        let start = client.now
        var windowEnd = start + .seconds(window == 0 ? seconds : window)
        let end = start + .seconds(seconds)
        var sent = 0
        while !interruption.hasCome {
            if client.now >= windowEnd {
                say(delays.line(after: client.now - start))
                guard windowEnd < end else { break }
                windowEnd = min(windowEnd + .seconds(window), end)
            }
            let due = start + .microseconds(Int64(Double(sent) * 1e6 / rate))
            if client.now >= due, client.hasRoom {
                try publish(sent, over: client, &delays)
                sent += 1
            }
            for message in try client.step(until: min(due, windowEnd)) {
                delays.hear(message, at: client.now)
            }
        }
        client.close()
        if interruption.hasCome { throw ExitCode(130) }
    }

    private func publish(
        _ number: Int, over client: Client, _ delays: inout ProbeDelays
    ) throws(SimError) {
        let payload = Array(#"{"action":"probe","n":\#(number)}"#.utf8)
        delays.sent(number, at: client.now)
        for topic in [Self.proposals, Self.echo] {
            _ = try client.publish(
                Publication(topic: topic, payload: payload, qos: .atLeastOnce))
        }
    }
}

/// When proposals were sent, and how long their answers took.
struct ProbeDelays {
    private var sentAt: [Int: MonotonicTime] = [:]
    private var verdicts: [Int64] = []
    private var echoes: [Int64] = []

    mutating func sent(_ number: Int, at now: MonotonicTime) { sentAt[number] = now }

    mutating func hear(_ message: Message, at now: MonotonicTime) {
        guard let value = try? JSONScanner.scan(message.payload), let number = value["n"]?.int,
            let sent = sentAt[Int(number)]
        else { return }
        let delay = (now - sent).microseconds
        if message.topic == Probe.approved {
            verdicts.append(delay)
            sentAt[Int(number)] = nil
        } else {
            echoes.append(delay)
        }
    }

    /// What came since the last line, and how many answers are owed.
    mutating func line(after time: Duration) -> String {
        defer {
            verdicts.removeAll()
            echoes.removeAll()
        }
        return """
            {"seconds":\(time.microseconds / 1_000_000),"verdicts":\(Self.summary(verdicts)),\
            "echoes":\(Self.summary(echoes)),"unanswered":\(sentAt.count)}
            """
    }

    private static func summary(_ delays: [Int64]) -> String {
        let sorted = delays.sorted()
        func quantile(_ share: Double) -> Int64 {
            guard !sorted.isEmpty else { return 0 }
            return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
        return """
            {"count":\(sorted.count),"p50":\(quantile(0.5)),"p99":\(quantile(0.99)),\
            "p999":\(quantile(0.999)),"max":\(sorted.last ?? 0)}
            """
    }
}
