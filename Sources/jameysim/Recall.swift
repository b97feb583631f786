import ArgumentParser
import Broker
import Core

/// `jameysim recall`: how long answers to queries take, one query after the other.
struct Recall: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks for memories by two words each, and prints how long the answers took.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Topic before all of the agent's own.")
    var root = "jamey/bench"

    @Option(help: "How many queries, up to 1,000,000.")
    var count = 1_000

    @Option(help: "Decides which words they ask for.")
    var seed: UInt64 = 2

    func validate() throws {
        guard (1...1_000_000).contains(count) else {
            throw ValidationError("--count is from 1 to 1,000,000")
        }
    }

    func run() throws {
        let answers = "sim/recall/answers"
        let client = try broker.client(
            name: "sim-recall",
            subscriptions: [Subscription(filter: answers, qos: .atLeastOnce)])
        try client.step(atMost: .seconds(20), for: "no broker", until: { client.isReady })
        var words = NoteWords(seed: seed)
        var delays: [Int64] = []
        var found = 0
        for number in 0..<count {
            let payload = JSONWriter.object { json in
                json.member("query", words.next() + " " + words.next())
                json.member("limit", 10)
                json.member("reply_to", answers)
                json.member("correlation_id", String(number))
            }
            let sent = client.now
            let query = Publication(
                topic: "\(root)/memory/query", payload: payload, qos: .atLeastOnce)
            guard try client.publish(query) else { throw SimError.broker("not connected") }
            var answer: JSONValue?
            try client.step(
                atMost: .seconds(30), for: "no answer to query \(number)",
                hear: { answer = try? JSONScanner.scan($0.payload) }, until: { answer != nil })
            delays.append((client.now - sent).microseconds)
            guard let memories = answer?["memories"]?.array else {
                throw SimError.wrong("query \(number) was refused: \(String(describing: answer))")
            }
            if !memories.isEmpty { found += 1 }
        }
        client.close()
        delays.sort()
        func quantile(_ share: Double) -> Int64 {
            delays[min(delays.count - 1, Int(Double(delays.count) * share))]
        }
        say(
            """
            {"count":\(count),"found":\(found),"p50":\(quantile(0.5)),"p99":\(quantile(0.99)),\
            "max":\(delays.last ?? 0)}
            """)
    }
}
