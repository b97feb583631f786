import ArgumentParser
import Broker
import Core
import Glibc

/// `jameysim notes`: many memories, as people and programs would tell them.
struct Notes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publishes a bounded number of memories to be stored, in words of their own.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Topic before all of the agent's own.")
    var root = "jamey/bench"

    @Option(help: "How many, up to 10,000,000.")
    var count = 10_000

    @Option(help: "Decides which words they have.")
    var seed: UInt64 = 1

    @Option(help: "QoS 1 messages sent and not yet acknowledged.")
    var window = 1_000

    func validate() throws {
        guard (1...10_000_000).contains(count), (1...60_000).contains(window) else {
            throw ValidationError("--count is from 1 to 10,000,000, --window from 1 to 60,000")
        }
    }

    func run() throws {
        let interruption = Interruption()
        let socket = try PacketSocket(broker, clientID: "sim-notes")
        var words = NoteWords(seed: seed)
        var stream = NumberedStream(from: 1, last: count, window: window)
        while !stream.isDone, !interruption.hasCome {
            while socket.unsentBytes < 1 << 16, let (number, packetID) = stream.next(due: count) {
                socket.send(
                    Packet.publish(
                        topic: "\(root)/memory/store", payload: note(number, &words),
                        packetID: packetID))
            }
            try socket.exchange(milliseconds: 100)
            socket.takeAcknowledgements { stream.acknowledge($0) }
        }
        try socket.finish()
        say(stream.summary)
        if interruption.hasCome { throw ExitCode(130) }
    }

    private func note(_ number: Int, _ words: inout NoteWords) -> [UInt8] {
        let content = (0..<10).map { _ in words.next() }.joined(separator: " ")
        return JSONWriter.object { json in
            json.member("layer", number % 2 == 0 ? "episodic" : "semantic")
            json.member("content", content)
            json.member("entity", "press-\(number % 1_000)")
            json.member("tags", [words.next()])
        }
    }
}

/// Words as texts have them: a few are in every second sentence, most are rare.
struct NoteWords {
    /// How many there are.
    static let count = 20_000

    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The nth of them is about half as frequent as the one at half of n (Zipf).
    mutating func next() -> String {
        let place = Double.random(in: 0..<1, using: &random)
        // The inverse of the distribution function of 1/n over the words.
        let scaled = log(Double(Self.count)) * place
        return Self.word(min(Self.count - 1, Int(exp(scaled)) - 1))
    }

    /// Three letters at least, told apart by their number.
    static func word(_ number: Int) -> String {
        let syllables = ["ba", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu"]
        return String(number + 10).utf8.map { syllables[Int($0) - 48] }.joined()
    }
}
