import BrokerTestSupport
import Core
import Foundation
import Glibc
import Testing

/// A JSON Web Token as password at a real broker, for which it is a password like any other.
@Suite("A token as password", .enabled(if: Site.isPossible, TestBroker.missing))
struct TokenTests {
    /// A token that is good from now on.
    private static func token(seconds: Int64 = 3_600) -> String {
        let now = SystemTime().now().microseconds / 1_000_000
        let parts = [
            #"{"alg":"HS256","typ":"JWT"}"#, #"{"iat":\#(now),"exp":\#(now + seconds)}"#,
            "signature-\(UInt32.random(in: .min ... .max))",
        ]
        return parts.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    }

    /// In one step, as whoever issues tokens should do it.
    private static func write(_ token: String, to path: String) throws {
        try token.write(toFile: path + ".new", atomically: true, encoding: .utf8)
        guard chmod(path + ".new", 0o600) == 0, rename(path + ".new", path) == 0 else {
            throw TestFailure("cannot write \(path)")
        }
    }

    /// Tokens that a log holds, whole or in part.
    private static func traces(of tokens: [String], in log: String) -> [String] {
        tokens.flatMap { [$0] + $0.split(separator: ".").map(String.init) }
            .filter { log.contains($0) }
    }

    @Test("a new token in the file renews the link without a will, a delay or a loss")
    func renewal() throws {
        let scenario = try Scenario(.init(isPersistent: true)) { $0.user = "jamey" }
        let (stage, site) = (scenario.stage, scenario.site)
        var tokens = [Self.token()]
        try Self.write(tokens[0], to: site.passwordFile)
        let daemon = try scenario.start()
        let stream = scenario.stream()
        stream.isPaused = false
        try stage.wait("a stream") { stream.confirmed.count > 300 }
        for round in 1...3 {
            tokens.append(Self.token())
            try Self.write(tokens[round], to: site.passwordFile)
            let recovery = try scenario.waitForLog(
                "connected to the broker", count: round + 1, seconds: 20)
            print("broker: a new token: connected with it \(recovery.text) after it was written")
        }
        let before = stream.confirmed.count
        try stage.wait("the stream goes on") { stream.confirmed.count > before + 300 }
        try scenario.settle(stream)
        #expect(try scenario.recordedNumbers().values.allSatisfy { $0 == 1 })
        #expect(scenario.logCount("the link is made again") == 3, "\(site.log)")
        #expect(scenario.logCount("no link to the broker") == 0, "\(site.log)")
        // The next connection is there before the will's delay is over.
        #expect(!scenario.collector.availability.contains("offline"))
        #expect(!scenario.collector.statuses.contains { $0.state == "degraded" })
        #expect(try scenario.stop(daemon) == .exited(0))
        try scenario.waitForDecisions()
        #expect(Self.traces(of: tokens, in: site.log).isEmpty)
    }

    @Test("an agent whose next token is refused is offline for whoever reads availability alone")
    func refused() throws {
        let good = Self.token()
        let bad = Self.token()
        let broker = try TestBroker(.init(users: ["jamey": good, "reader": "r"]))
        let stage = Stage()
        let site = try Site(port: broker.port) { $0.user = "jamey" }
        try Self.write(good, to: site.passwordFile)
        var availability: [String] = []
        let reader = stage.add(
            Client(port: broker.port, id: "reader", filters: [site.root + "/availability"]) {
                $0.username = "reader"
                $0.password = Array("r".utf8)
            })
        reader.heard = { availability.append(String(decoding: $0.payload, as: UTF8.self)) }
        let daemon = try site.start()
        try stage.wait("online; the log: \(site.log)") { availability.last == "online" }
        try Self.write(bad, to: site.passwordFile)
        try stage.wait("refused; the log: \(site.log)") {
            site.log.contains("the broker refused the connection")
        }
        let delay = try stage.wait("offline; the log: \(site.log)", seconds: 30) {
            availability.last == "offline"
        }
        print("broker: a token was refused: offline \(delay.text) later")
        try Self.write(good, to: site.passwordFile)
        try stage.wait("online again; the log: \(site.log)") { availability.last == "online" }
        daemon.signal(SIGTERM)
        try stage.wait("stopped") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        try stage.wait("its farewell") { availability.last == "offline" }
        #expect(Self.traces(of: [good, bad], in: site.log).isEmpty)
    }

    @Test("an agent that the broker sends away comes back with the next token at once")
    func sentAway() throws {
        let first = Self.token()
        let second = Self.token()
        let broker = try TestBroker(.init(users: ["jamey": first, "device": "d"]))
        let stage = Stage()
        let site = try Site(port: broker.port) { $0.user = "jamey" }
        try Self.write(first, to: site.passwordFile)
        let daemon = try site.start()
        try stage.wait("online; the log: \(site.log)") { site.log.contains("status online") }
        let device = stage.add(
            Client(port: broker.port, id: "device") {
                $0.username = "device"
                $0.password = Array("d".utf8)
            })
        var confirmed = 0
        device.confirmed = { _ in confirmed += 1 }
        func publish(_ numbers: ClosedRange<Int>) throws {
            for number in numbers {
                device.publish("plant/a/press-1/telemetry", #"{"n":\#(number),"temp":60}"#)
            }
            try stage.wait("all confirmed") { confirmed == numbers.upperBound }
        }
        func recorded() throws -> Set<Int> {
            Set(try site.recorded().compactMap { NumberedStream.number(in: $0) })
        }
        try publish(1...100)
        try broker.change(second, of: "jamey")
        try stage.wait("sent away and refused; the log: \(site.log)") {
            site.log.contains("the broker refused the connection")
        }
        // While nobody listens.
        try publish(101...200)
        try Self.write(second, to: site.passwordFile)
        let recovery = try stage.wait("connected again; the log: \(site.log)", seconds: 10) {
            site.log.ranges(of: "connected to the broker").count == 2
        }
        print("broker: sent away: connected \(recovery.text) after the new token was written")
        try publish(201...300)
        try stage.wait("all recorded; the log: \(site.log)") {
            try recorded() == Set(1...300)
        }
        daemon.signal(SIGTERM)
        try stage.wait("stopped") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        #expect(Self.traces(of: [first, second], in: site.log).isEmpty)
    }

    @Test("an expired token is not tried, and a new one is as soon as it is there")
    func expired() throws {
        let good = Self.token()
        let broker = try TestBroker(.init(users: ["jamey": good]))
        let stage = Stage()
        let site = try Site(port: broker.port) { $0.user = "jamey" }
        try Self.write(Self.token(seconds: -60), to: site.passwordFile)
        let daemon = try site.start()
        try stage.wait("it says so; the log: \(site.log)") {
            site.log.contains("code=TOKEN_EXPIRED")
                && site.log.contains("no link to the broker: the token expired at")
        }
        #expect(!site.log.contains("the broker refused the connection"))
        try Self.write(good, to: site.passwordFile)
        try stage.wait("connected; the log: \(site.log)", seconds: 10) {
            site.log.contains("connected to the broker")
        }
        daemon.signal(SIGTERM)
        try stage.wait("stopped") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
    }
}
