import Broker
import Core
import Testing

@testable import Agent

@Suite("What takes the place of a token")
struct NextTokenTests {
    private let stage: TokenStage

    init() throws { stage = try TokenStage() }

    @Test("what cannot be read, or is no token, does not take a token's place, and is told once")
    func useless() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.fail("is empty")
        stage.look(3, subject)
        #expect(subject.codes == ["TOKEN_UNREADABLE"])
        password.write("half.a")
        stage.look(3, subject)
        #expect(subject.codes == ["TOKEN_UNREADABLE", "TOKEN_MALFORMED"])
        #expect(subject.status == "online" && subject.link.passwords.isEmpty)
        stage.pass(.seconds(40), subject)
        #expect(try stage.broker(subject)?["reason"]?.string?.hasSuffix("is no token") == true)
        let new = stage.token(.seconds(60))
        password.write(new)
        stage.takeNext(subject)
        #expect(subject.link.passwords == [new])
    }

    @Test("at SIGHUP any password is taken, and one that is no token is not looked at by itself")
    func operatorsWord() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.write("hunter2")
        subject.agent.rereadPassword()
        stage.pass(.milliseconds(1), subject)
        #expect(subject.link.passwords == ["hunter2"])
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        subject.connect(isSessionPresent: true)
        let reads = password.reads
        password.write("hunter3")
        stage.look(5, subject)
        #expect(password.reads == reads)
        // As ever: shown from the next connection on.
        subject.agent.rereadPassword()
        stage.takeNext(subject)
        #expect(subject.link.passwords == ["hunter2", "hunter3"] && subject.link.asked.count == 3)
        let new = stage.token(.seconds(60))
        password.write(new)
        subject.agent.rereadPassword()
        stage.pass(.milliseconds(1), subject)
        #expect(subject.link.passwords.last == new && subject.link.asked.count == 5)
        password.fail("is gone")
        subject.agent.rereadPassword()
        #expect(subject.log.has("error: the credentials stay as they were: token is gone"))
    }

    // MARK: What is not good yet, or any longer

    @Test("a token that has not begun leaves a good one its place until that is over, and is told")
    func early() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        let next = stage.token(.seconds(160), start: .seconds(60))
        password.write(next)
        stage.takeNext(subject)
        stage.look(3, subject)
        #expect(subject.codes == ["TOKEN_NOT_TAKEN"] && subject.status == "online")
        #expect(subject.log.count("warning: the next token for the broker is not good before") == 1)
        // The link is lost meanwhile, and the one before brings it back.
        subject.turn(.lost(reason: "reset"))
        stage.pass(Limits.reconnectDelayBase, subject)
        #expect(subject.link.asked == ["connect", "connect"] && subject.link.passwords.isEmpty)
        subject.connect(isSessionPresent: true)
        stage.pass(.seconds(41), subject)
        #expect(subject.codes == ["TOKEN_NOT_TAKEN", "TOKEN_EXPIRING"])
        let reason = try stage.broker(subject)?["reason"]?.string
        #expect(reason?.contains(": the next one is not good before 2023-11-14T22:14:20") == true)
        stage.pass(.seconds(8), subject)
        #expect(subject.link.passwords == [next] && subject.codes.count == 2)
        #expect(subject.link.asked == ["connect", "connect", "leave", "connect"])
    }

    @Test("at SIGHUP as well the good one stays, which is told each time, until the next begins")
    func earlyAtSIGHUP() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        let next = stage.token(.seconds(160), start: .seconds(50))
        password.write(next)
        for count in 1...2 {
            subject.agent.rereadPassword()
            stage.pass(.milliseconds(1), subject)
            #expect(subject.codes == Array(repeating: "TOKEN_NOT_TAKEN", count: count))
        }
        #expect(subject.link.passwords.isEmpty && subject.link.asked == ["connect"])
        #expect(subject.agent.vitals.state == .online && subject.agent.isWell(.broker) == true)
        let reason = try stage.broker(subject)?["next_token"]?.string
        #expect(reason == "the next one is not good before 2023-11-14T22:14:10.000Z")
        // The link is lost meanwhile, and the one before brings it back.
        subject.turn(.lost(reason: "reset"))
        stage.pass(Limits.reconnectDelayBase, subject)
        subject.connect(isSessionPresent: true)
        #expect(subject.link.asked == ["connect", "connect"] && subject.agent.life.isLinked)
        stage.pass(.seconds(50), subject)
        #expect(subject.link.passwords == [next])
        #expect(try stage.broker(subject)?["next_token"] == nil)
    }

    @Test("at SIGHUP a token that is over takes the place of none that is good")
    func overAtSIGHUP() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.write(stage.token(.seconds(-1)))
        subject.agent.rereadPassword()
        stage.pass(.milliseconds(1), subject)
        #expect(subject.codes == ["TOKEN_NOT_TAKEN"] && subject.link.passwords.isEmpty)
        #expect(subject.link.asked == ["connect"])
    }

    @Test("a token that begins in a moment is waited for without a word")
    func soon() throws {
        let password = SimPassword(stage.token(.seconds(600)))
        let subject = try stage.online(password)
        let next = stage.token(.seconds(600), start: .seconds(20))
        password.write(next)
        stage.pass(.seconds(10), subject)
        stage.pass(.seconds(9), subject)
        #expect(subject.link.passwords.isEmpty && subject.codes.isEmpty)
        stage.look(1, subject)
        #expect(subject.link.passwords == [next] && subject.codes.isEmpty)
    }

    @Test("of a token that begins in a moment nothing is told that was wrong with the file before")
    func soonAfterFault() throws {
        let password = SimPassword(stage.token(.seconds(600)))
        let subject = try stage.online(password)
        password.write("half.a")
        stage.takeNext(subject)
        let reason = try stage.broker(subject)?["next_token"]?.string
        #expect(reason == "what is there now is no token")
        password.write(stage.token(.seconds(600), start: .seconds(20)))
        stage.takeNext(subject)
        #expect(try stage.broker(subject)?["next_token"] == nil)
        #expect(subject.link.passwords.isEmpty && subject.codes == ["TOKEN_MALFORMED"])
    }

    @Test("a token that is over takes the place of none that is good, and is told once")
    func over() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.write(stage.token(.seconds(-1)))
        stage.takeNext(subject)
        stage.look(3, subject)
        #expect(subject.codes == ["TOKEN_NOT_TAKEN"] && subject.status == "online")
        #expect(subject.log.count("error: the next token for the broker expired at") == 1)
        #expect(subject.link.passwords.isEmpty && subject.link.asked == ["connect"])
        // Once the one before is over as well, it makes no difference.
        stage.pass(.seconds(60), subject)
        #expect(subject.link.passwords == [password.text])
        #expect(subject.codes == ["TOKEN_NOT_TAKEN", "TOKEN_EXPIRED"])
        #expect(subject.link.asked == ["connect"])
    }

    // MARK: What is being written

    @Test("a token that is written in place is read once it is whole")
    func writtenInPlace() throws {
        let password = SimPassword(stage.token(.seconds(600)))
        let subject = try stage.online(password)
        // As far as anybody sees, half of it is a token, too.
        let whole = ["one", "two"].map {
            TestToken.text(expiry: .latest, signature: "the signature of number \($0)")
        }
        let halves = whole.map { String($0.dropLast(8)) }
        #expect(halves.allSatisfy { TokenTimes(password: Array($0.utf8)) != nil })
        password.write(halves[0])
        stage.look(1, subject)
        password.write(whole[0])
        stage.look(1, subject)
        #expect(subject.link.passwords.isEmpty)
        stage.look(1, subject)
        #expect(subject.link.passwords == [whole[0]])
        subject.connect(isSessionPresent: true)
        password.write(halves[1], onceRead: whole[1])
        stage.takeNext(subject)
        #expect(password.text == whole[1] && subject.link.passwords.count == 1)
        stage.takeNext(subject)
        #expect(subject.link.passwords == whole && subject.codes.isEmpty)
    }
}
