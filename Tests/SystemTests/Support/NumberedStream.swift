import Broker
import BrokerTestSupport
import Core

/// A device that publishes numbers, on a telemetry route and as proposals on a guard, and knows
/// which of them the broker has confirmed.
final class NumberedStream {
    let client: Client
    private let ratePerSecond: Double
    private var startedAt = ContinuousClock.now
    private var sent = 0
    private(set) var confirmed: Set<Int> = []
    var isPaused = true {
        didSet {
            startedAt = .now
            base = sent
        }
    }
    private var base = 0

    /// - Parameter proposals: every nth message is a proposal to start a press.
    init(port: Int, stage: Stage, ratePerSecond: Double) {
        client = stage.add(Client(port: port, id: "device-\(UInt32.random(in: .min ... .max))"))
        self.ratePerSecond = ratePerSecond
        client.confirmed = { [unowned self] publication in
            if let number = Self.number(in: publication.payload) { confirmed.insert(number) }
        }
        stage.meanwhile = { [unowned self] in pump() }
    }

    /// Every confirmed number was sent, and nothing waits.
    var isSettled: Bool { client.unconfirmedCount == 0 }

    private func pump() {
        guard !isPaused else { return }
        let elapsed = (ContinuousClock.now - startedAt) / .seconds(1)
        let due = base + Int(elapsed * ratePerSecond)
        while sent < due, client.unconfirmedCount < 400 {
            sent += 1
            client.publish(Self.topic(of: sent), Self.payload(of: sent))
        }
    }

    /// Every fifth number is a proposal; every tenth is denied.
    static func topic(of number: Int) -> String {
        number % 5 == 0 ? "cmd/press-1/start/proposed" : "plant/a/press-\(number % 7)/telemetry"
    }

    static func payload(of number: Int) -> String {
        if number % 5 == 0 {
            return #"{"action":"start","n":\#(number),"rpm":\#(number % 10 == 0 ? 3000 : 900)}"#
        }
        return #"{"n":\#(number),"temp":\#(number % 500 < 250 ? 60 : 90)}"#
    }

    static func number(in payload: [UInt8]) -> Int? {
        (try? JSONScanner.scan(payload))?["n"]?.int.map { Int($0) }
    }
}

extension Duration {
    var text: String { "\(Int((self / .milliseconds(1)).rounded())) ms" }
}
