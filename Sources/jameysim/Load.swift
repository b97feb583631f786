import ArgumentParser
import Core

/// `jameysim load`: a bounded number of readings, as fast as wanted, at little cost of its own.
struct Load: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publishes a bounded load and prints what it was, as one line of JSON.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "How many messages, up to 80,000,000.")
    var count = 200_000

    @Option(help: "How many devices take turns.")
    var devices = 100

    @Option(help: "0 or 1.")
    var qos = 1

    @Option(help: "Messages a second, or max.")
    var rate = "max"

    @Option(help: "Percentage of readings that are too hot.")
    var firePercent = 5

    @Option(help: "QoS 1 messages sent and not yet acknowledged.")
    var window = 1_000

    func validate() throws {
        guard (1...80_000_000).contains(count) else {
            throw ValidationError("--count is from 1 to 80,000,000")
        }
        guard (1...1_000_000).contains(devices) else {
            throw ValidationError("--devices is from 1 to 1,000,000")
        }
        guard (0...1).contains(qos) else { throw ValidationError("--qos is 0 or 1") }
        guard rate == "max" || (Double(rate).map { $0 > 0 } ?? false) else {
            throw ValidationError("--rate is a number above 0, or max")
        }
        guard (0...100).contains(firePercent) else {
            throw ValidationError("--fire-percent is from 0 to 100")
        }
        guard (1...60_000).contains(window) else {
            throw ValidationError("--window is from 1 to 60,000")
        }
    }

    func run() throws {
        let interruption = Interruption()
        let template = LoadTemplate(devices: devices, qos: qos, firePercent: firePercent)
        let socket = try PacketSocket(broker, clientID: "sim-load")
        let clock = SystemTime()
        let start = clock.monotonic()
        let sent = try send(template, over: socket, from: start, clock, interruption)
        try socket.finish()
        let took = (clock.monotonic() - start).microseconds
        let (raised, resolved) = template.transitions(count: sent)
        // The start is on CLOCK_MONOTONIC, which other processes can compare with their own.
        say(
            """
            {"count":\(sent),"qos":\(qos),"devices":\(devices),\
            "started_us":\(start.microseconds),"took_us":\(took),\
            "raised":\(raised),"resolved":\(resolved)}
            """)
        if interruption.hasCome { throw ExitCode(130) }
    }

    /// - Returns: how many were sent: all, unless interrupted.
    private func send(
        _ template: LoadTemplate, over socket: PacketSocket, from start: MonotonicTime,
        _ clock: SystemTime, _ interruption: Interruption
    ) throws(SimError) -> Int {
        let perSecond = Double(rate)
        var sent = 0
        var acknowledged = 0
        while sent < count || (qos > 0 && acknowledged < sent) {
            if interruption.hasCome { return sent }
            var allowed = count
            if let perSecond {
                let seconds = Double((clock.monotonic() - start).microseconds) / 1e6
                allowed = min(count, Int(seconds * perSecond) + 1)
            }
            if qos > 0 { allowed = min(allowed, acknowledged + window) }
            socket.withOutgoing { packets in
                while sent < allowed, packets.count < 65_536 {
                    template.append(sent, to: &packets)
                    sent += 1
                }
            }
            // Waits for room or a PUBACK; at a given rate, no longer than until the next is due.
            try socket.exchange(milliseconds: perSecond == nil ? 100 : 1)
            socket.takeAcknowledgements { _ in acknowledged += 1 }
        }
        return sent
    }
}
