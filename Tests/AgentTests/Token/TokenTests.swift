import Broker
import Core
import Foundation
import Testing

@testable import Agent

@Suite("A token as password")
struct TokenTests {
    private let stage: TokenStage

    init() throws { stage = try TokenStage() }

    // MARK: Its end

    @Test("a token that ends soon is told of once, everywhere, until there is a new one")
    func expiring() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        stage.pass(.seconds(49), subject)
        #expect(subject.codes.isEmpty && subject.status == "online")
        stage.pass(.seconds(2), subject)
        let words = "the broker's token expires in 9 s: put a new one into token"
        #expect(subject.codes == ["TOKEN_EXPIRING"])
        #expect(subject.log.count("warning: " + words) == 1)
        #expect(subject.told("events/errors").last?["message"]?.string == words)
        let reason = "broker: the token expires at 2023-11-14T22:14:20.000Z"
        #expect(subject.status == "degraded" && subject.reason == reason)
        let broker = try stage.broker(subject)
        #expect(broker?["status"]?.string == "degraded" && broker?["state"]?.string == "up")
        #expect(broker?["code"]?.string == "TOKEN_EXPIRING")
        #expect(broker?["reason"]?.string == words)
        let told = subject.told("status").count
        stage.look(2, subject)
        #expect(subject.codes.count == 1 && subject.told("status").count == told)
        password.write(stage.token(.seconds(60)))
        stage.takeNext(subject)
        subject.connect(isSessionPresent: true)
        #expect(subject.status == "online" && subject.codes.count == 1)
        #expect(try stage.broker(subject)?["code"] == nil)
    }

    @Test("the end of a token ends no link, but no link is begun with it until there is a new one")
    func expired() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        stage.pass(.seconds(61), subject)
        #expect(subject.codes == ["TOKEN_EXPIRED"])
        #expect(subject.agent.life.status.state == .up && subject.link.asked == ["connect"])
        subject.turn(.lost(reason: "the broker closed the connection"))
        for _ in 0..<20 { stage.pass(.seconds(300), subject) }
        #expect(subject.link.asked == ["connect"])
        #expect(subject.log.has("error: no link to the broker: the token expired at 2023-11-14"))
        #expect(subject.log.count("error: the broker's token expired at") == 1)
        #expect(subject.agent.vitals.reason?.hasPrefix("broker: the token expired at") == true)
        #expect(try stage.broker(subject)?["code"]?.string == "TOKEN_EXPIRED")
        password.write(stage.token(.seconds(60)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect", "connect"])
        #expect(subject.link.passwords == [password.text])
    }

    @Test("a token that is over at the start is not shown, and the agent starts all the same")
    func expiredAtStart() throws {
        let password = SimPassword(stage.token(.seconds(-5)))
        let subject = try stage.subject(password)
        subject.turn()
        #expect(subject.link.asked.isEmpty && subject.agent.life.status.state == .waiting)
        #expect(subject.agent.life.status.isRefused)
        #expect(subject.log.count("error: the broker's token expired at") == 1)
        #expect(try stage.broker(subject)?["code"]?.string == "TOKEN_EXPIRED")
        password.write(stage.token(.seconds(60)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect"])
    }

    @Test("a token whose time has not come is shown at its time, as far as clocks agree on it")
    func early() throws {
        let subject = try stage.subject(
            SimPassword(stage.token(.seconds(100), start: .seconds(50))))
        stage.pass(.seconds(10), subject)
        #expect(subject.link.asked.isEmpty)
        #expect(subject.log.count("warning: the broker's token is not good before") == 1)
        #expect(try stage.broker(subject)?["code"]?.string == "TOKEN_NOT_YET_VALID")
        stage.pass(.seconds(9), subject)
        #expect(subject.link.asked.isEmpty)
        stage.pass(.seconds(1), subject)
        #expect(subject.link.asked == ["connect"])
        stage.look(1, subject)
        #expect(try stage.broker(subject)?["code"] == nil)
    }

    @Test("a clock that is set wrong and right again keeps no good token back")
    func clockSteps() throws {
        let subject = try stage.online(SimPassword(stage.token(.seconds(600))))
        stage.clock.step(.seconds(3_600))
        stage.look(1, subject)
        #expect(subject.codes == ["TOKEN_EXPIRED"])
        subject.turn(.lost(reason: "gone"))
        stage.pass(.seconds(20), subject)
        #expect(subject.link.asked == ["connect"])
        stage.clock.step(.seconds(-3_600))
        stage.look(1, subject)
        #expect(subject.link.asked == ["connect", "connect"])
        #expect(subject.agent.vitals.reason == "broker: no connection")
    }

    // MARK: What is told

    @Test("the end of a token is a metric, and that of a password there is none")
    func metric() throws {
        func value(_ subject: AgentUnderTest) -> Double? {
            subject.agent.report().metrics.first {
                $0.name == "jamey_broker_token_expiry_timestamp_seconds"
            }?.value
        }
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        #expect(value(subject) == 1_700_000_060)
        password.write("hunter2")
        subject.agent.rereadPassword()
        #expect(value(subject) == nil)
    }

    @Test("no part of a token is in the log, in what is published, in metrics or in the store")
    func planted() throws {
        let now = stage.clock.now()
        let secrets = ["planted-one", "planted-two"]
        let tokens = secrets.map {
            TestToken.text(expiry: now + .seconds(60), issued: now, signature: $0)
        }
        let password = SimPassword(tokens[0])
        let subject = try stage.online(password)
        stage.pass(.seconds(55), subject)
        password.write(tokens[1])
        stage.takeNext(subject)
        subject.turn(.refused(Refusal(code: 0x87, text: "no", isAuthentication: true)))
        password.write(tokens[1] + ".")
        for _ in 0..<3 { stage.pass(.seconds(20), subject) }
        #expect(subject.codes.contains("TOKEN_EXPIRING"))
        #expect(subject.log.has("the broker's token") && subject.log.has("code=TOKEN_EXPIRING"))
        var traces = [
            subject.log.text, "\(subject.agent.credentials)", "\(subject.agent.token)",
            String(decoding: subject.agent.report().metrics.prometheusText, as: UTF8.self),
            String(decoding: subject.agent.components(at: stage.clock.monotonic()), as: UTF8.self),
        ]
        traces += subject.link.published.map { String(decoding: $0.payload, as: UTF8.self) }
        try subject.agent.store.close()
        let store = try #require(FileManager.default.contents(atPath: stage.path))
        for secret in tokens + tokens.flatMap({ $0.split(separator: ".").map(String.init) }) {
            #expect(!traces.contains { $0.contains(secret) }, "\(secret)")
            #expect(store.range(of: Data(secret.utf8)) == nil, "\(secret)")
        }
    }
}
