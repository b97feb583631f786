import Core
import Glibc
import Mind
import Testing

@testable import jameyctl

@Suite("What jameyctl top knows")
struct TopViewTests {
    @Test("what happened is told per second, between two looks at one life of the agent")
    func pace() throws {
        let scene = TopScene()
        let (before, now) = (try scene.sample(isLater: false), try scene.sample())
        let pace = try #require(TopPace(from: before, to: now))
        #expect(pace.seconds == 2 && pace.messages == 1_234 && pace.decisions == 7.5)
        #expect(pace.commits == 41 && pace.commitTimes?.total == 82)
        #expect(TopPace(from: now, to: now) == nil)
        var again = scene
        again.bootID = "b008"
        #expect(TopPace(from: before, to: try again.sample()) == nil)
        var bare = now
        bare.metrics = MetricText([])
        let unknown = try #require(TopPace(from: before, to: bare))
        #expect(unknown.messages == nil && unknown.commitTimes == nil)
    }

    @Test("an agent that was started again has no rates until it was seen twice")
    func restart() throws {
        var view = try TopScene().view()
        #expect(view.pace != nil)
        var scene = TopScene()
        scene.bootID = "b008"
        var sample = try scene.sample()
        sample.at = TopScene.now + .seconds(2)
        view.take(sample)
        #expect(view.pace == nil)
        sample.at = TopScene.now + .seconds(4)
        view.take(sample)
        #expect(view.pace?.messages == 0)
    }

    @Test("a daemon is away since it was missed first, and until it is seen")
    func absence() throws {
        var view = try TopScene().view()
        let late = Ending.failure(Exit.tryAgain, "it has not answered in time; try again")
        view.miss(late, at: MonotonicTime(microseconds: 1))
        view.miss(late, at: MonotonicTime(microseconds: 2))
        #expect(view.absence?.since == MonotonicTime(microseconds: 1))
        #expect(view.absence?.reason == "it has not answered in time")
        #expect(view.sample != nil)
        view.take(try TopScene().sample())
        #expect(view.absence == nil)
        #expect(late.isPassing && Ending.failure(Exit.unavailable, "").isPassing)
        for code in [Exit.permission, Exit.usage, Exit.data] {
            #expect(!Ending.failure(code, "").isPassing)
        }
    }

    @Test("what waiting does not mend is not waited for, and a refused key never")
    func waiting() throws {
        let place = DaemonPlace.socket("/x")
        func refusal(_ status: Int) -> Ending {
            let body = Array(#"{"error":"no","code":"NO"}"#.utf8)
            return Ending(DaemonAnswer(status: status, body: body), from: place, hasKey: true)
        }
        let lasting = [
            Ending(.untrusted("x"), at: place), Ending(.foreign, at: place),
            Ending(.unknownHost, at: place), DaemonAnswer.foreign,
            Ending(DaemonAnswer(status: 404), from: place, hasKey: false),
        ]
        let passing = [
            Ending(.unreachable(ENOENT), at: place), Ending(.late, at: place),
            Ending(.broken("x"), at: place), refusal(503),
            Ending(DaemonAnswer(status: 502), from: place, hasKey: false),
        ]
        let unseen = TopView(place: "/x", interval: .seconds(2))
        for ending in lasting + [refusal(401), refusal(403)] {
            #expect(!unseen.isWorthWaiting(after: ending), "\(ending)")
        }
        for ending in passing { #expect(unseen.isWorthWaiting(after: ending), "\(ending)") }
        let seen = try TopScene().view()
        for ending in lasting + passing + [Ending(.unreachable(EACCES), at: place)] {
            #expect(seen.isWorthWaiting(after: ending), "\(ending)")
        }
        for status in [401, 403] { #expect(!seen.isWorthWaiting(after: refusal(status))) }
    }

    @Test("keys go through the orders of devices and the alerts, and not beyond these")
    func keys() throws {
        var view = try TopScene().view()
        /// Whether something else is to be asked for, and which alert is the first.
        func after(_ key: TopKey) -> (asks: Bool, first: Int) {
            let asks = view.press(key)
            return (asks, view.firstAlert)
        }
        var orders = [view.order]
        for _ in 0..<3 {
            let asks = after(.next).asks
            #expect(asks)
            orders.append(view.order)
        }
        #expect(orders == [.loud, .recent, .silent, .loud])
        let presses: [(TopKey, Int)] = [
            (.up, 0), (.down, 1), (.down, 2), (.down, 2), (.up, 1), (.quit, 1),
        ]
        for (key, first) in presses {
            let result = after(key)
            #expect(!result.asks && result.first == first, "\(key)")
        }
        var fewer = TopScene()
        fewer.alerts = []
        view.take(try fewer.sample())
        #expect(view.firstAlert == 0)
    }

    @Test("what a terminal sends for keys is read, and anything else passed over")
    func bytes() {
        func keys(_ text: String) -> [TopKey] { TopKey.keys(in: Array(text.utf8)) }
        #expect(keys("q") == [.quit] && keys("Q") == [.quit] && keys("\t") == [.next])
        #expect(keys("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}OA") == [.up, .down, .next, .up])
        #expect(keys("jk") == [.down, .up])
        #expect(keys("\u{1B}") == [] && keys("\u{1B}[") == [] && keys("x?é") == [])
        // A mouse, F5, a paste: none of their letters is a key.
        #expect(keys("\u{1B}[<0;12;5M\u{1B}[15~\u{1B}[200~") == [])
        #expect(keys("\u{1B}[1;5Aq") == [.quit])
    }

    @Test("as JSON, with everything a screen has; null is what is not known")
    func json() throws {
        let view = try TopScene().view()
        let json = try JSONScanner.scan(view.json(at: TopScene.now, TopScene.time))
        #expect(json["at"]?.string == "2026-03-01T12:00:05.000Z")
        #expect(json["node"]?.string == "edge-1" && json["status"]?.string == "online")
        #expect(json["messages_per_s"]?.int == 1_234 && json["decisions_per_s"]?.double == 7.5)
        #expect(json["commits_per_s"]?.int == 41 && json["over_s"]?.int == 2)
        let p99 = try #require(json["commit_p99_s"]?.double)
        #expect((0.0208...0.021).contains(p99))
        #expect(json["last_commit_age_ms"]?.int == 412 && json["entities"]?.int == 1_000)
        #expect(json["alerts_firing"]?.int == 3 && json["alerts"]?.array?.count == 3)
        let alert = json["alerts"]?.array?[1]
        #expect(alert?["seen_by"]?.string == "ada" && alert?["rule"]?.string == "fell-silent")
        let device = json["devices"]?.array?.first
        #expect(device?["messages_per_minute"]?.int == 1_200 && device?["trust"]?.double == 0.5)
        #expect(json["devices_order"]?.string == "loud")
        #expect(json["components"]?["store"]?["event_seq"]?.int == 12_345)

        var first = TopView(place: TopScene.place, interval: .seconds(2))
        first.take(try TopScene().sample())
        let alone = try JSONScanner.scan(first.json(at: TopScene.now, TopScene.time))
        #expect(alone["messages_per_s"] == .null && alone["commit_p50_s"] == .null)
        #expect(alone["entities"]?.int == 1_000)
    }

    @Test("as JSON, while the daemon is away, since when and why")
    func jsonAway() throws {
        var view = try TopScene().view()
        view.miss(
            .failure(Exit.unavailable, "no agent answers at /x: gone; start it"),
            at: MonotonicTime(microseconds: TopScene.now.microseconds - 1_500_000))
        let json = try JSONScanner.scan(view.json(at: TopScene.now, TopScene.time))
        #expect(json["away_s"]?.double == 1.5)
        #expect(json["error"]?.string == "no agent answers at /x: gone")
        #expect(json["status"] == nil)
    }
}
