import ArgumentParser
import Core

/// `jameysim numbered`: numbered QoS 1 messages, and a true account of what the broker has.
struct Numbered: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publishes numbered QoS 1 messages and says which of them are confirmed.",
        discussion: """
            Every %n of the topic and the payload becomes the number. A message is sent again only \
            after the connection was lost before its PUBACK; the last line counts those.
            """)

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Topic.")
    var topic = "plant/1/numbered/telemetry"

    @Option(help: "Payload.")
    var payload = #"{"n":%n,"temp":20.5}"#

    @Option(help: "First number.")
    var from = 1

    @Option(help: "How many; 0: until told.")
    var count = 0

    @Option(help: "Messages a second, or max.")
    var rate = "1000"

    @Option(help: "Messages sent and not yet acknowledged.")
    var window = 64

    func validate() throws {
        guard from >= 0, count >= 0 else {
            throw ValidationError("--from and --count are at least 0")
        }
        guard rate == "max" || (Double(rate).map { $0 > 0 } ?? false) else {
            throw ValidationError("--rate is a number above 0, or max")
        }
        guard (1...60_000).contains(window) else {
            throw ValidationError("--window is from 1 to 60,000")
        }
    }

    func run() throws {
        let interruption = Interruption()
        let last = count == 0 ? Int.max : from + count - 1
        var stream = NumberedStream(from: from, last: last, window: window)
        let clock = SystemTime()
        let start = clock.monotonic()
        var socket: PacketSocket?
        var retryAt = start
        while !stream.isDone, !interruption.hasCome {
            do throws(SimError) {
                if socket == nil {
                    guard clock.monotonic() >= retryAt else {
                        pause(milliseconds: 10)
                        continue
                    }
                    socket = try PacketSocket(broker, clientID: "sim-numbered")
                }
                let elapsed = Double((clock.monotonic() - start).microseconds) / 1e6
                let due = Double(rate).map { from + Int(elapsed * $0) } ?? last
                if let socket { try exchange(&stream, over: socket, due: due) }
            } catch {
                socket = nil
                stream.lose()
                retryAt = clock.monotonic() + .milliseconds(200)
            }
        }
        say(stream.summary)
        if count > 0, !stream.isDone { throw ExitCode(130) }
    }

    private func exchange(
        _ stream: inout NumberedStream, over socket: PacketSocket, due: Int
    ) throws(SimError) {
        while let (number, packetID) = stream.next(due: due) {
            let digits = String(number)
            socket.send(
                Packet.publish(
                    topic: topic.replacing("%n", with: digits),
                    payload: Array(payload.replacing("%n", with: digits).utf8),
                    packetID: packetID))
        }
        try socket.exchange(milliseconds: rate == "max" ? 100 : 1)
        let before = stream.confirmed
        socket.takeAcknowledgements { stream.acknowledge($0) }
        if stream.confirmed / 1_000 > before / 1_000 { say("confirmed \(stream.confirmed)") }
    }
}
