import Core
import Mind
import Proof
import ProofTestSupport
import TestSupport
import Testing

@Suite("Backtests")
struct BacktestTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func rules(_ yaml: String) throws -> RuleSet {
        try RuleSetLoader.load([RuleFile(name: "other.yaml", text: yaml)])
    }

    private func backtest(
        _ recording: Recording, _ yaml: String, from place: Int = 0
    ) throws -> Backtest {
        let history = try recording.history()
        let start = history.starts[place]
        let range = start.sequence + 1...history.last.sequence
        return try history.backtest(try rules(yaml), on: range, from: start)
    }

    /// Approved below a speed, unless the device is hot; an alert above a heat.
    private func yaml(speed: Int = 1_500, heat: Int = 80) -> String {
        """
        routes:
          - { name: telemetry, topic: "plant/{device}", entity: "{device}" }
          - name: commands
            guard: { propose: "cmd/{device}/p", approved: "cmd/{device}", denied: "cmd/{device}/d" }
            entity: "{device}"
        rules:
          - { name: fine, weight: 1, stance: support, on: commands, when: "true" }
          - name: too-fast
            weight: 10
            stance: oppose
            on: commands
            when: payload.rpm > \(speed)
          - { name: hot, on: telemetry, when: payload.temp > \(heat) }
        """
    }

    @Test("the same rules differ in nothing, wherever the fold begins")
    func same() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(500, seed: seed, reloads: false)
        let history = try recording.history()
        let places = history.starts.indices.filter {
            history.starts[$0].sequence < history.last.sequence
        }
        #expect(places.count > 2)
        for place in places {
            let found = try backtest(recording, PressRules.yaml(), from: place)
            let verdicts = found.verdicts
            #expect(verdicts.recorded > 0 && verdicts.recorded == verdicts.supposed, "seed \(seed)")
            #expect(verdicts.flips == 0 && verdicts.gone == 0 && verdicts.added == 0)
            #expect(verdicts.largestChanges.isEmpty)
            #expect(verdicts.recordedMargins == verdicts.supposedMargins)
            #expect(found.alerts.recorded > 0 && found.alerts.same == found.alerts.recorded)
            #expect(found.alerts.new.count == 0 && found.alerts.vanished.count == 0)
            #expect(found.rules.allSatisfy { $0.tally.isEqual } && found.entities.isEmpty)
        }
    }

    @Test("another threshold flips exactly the proposals between the two")
    func threshold() throws {
        var generator = SeededGenerator(seed: seed)
        let recording = try Recording(yaml())
        var speeds: [EventSequence: Int] = [:]
        for _ in 0..<400 {
            let device = Int.random(in: 1...5, using: &generator)
            let rpm = Int.random(in: 1_000...2_000, using: &generator)
            try recording.hear("cmd/m\(device)/p", #"{"action":"spin","rpm":\#(rpm)}"#)
            speeds[recording.mind.sequence] = rpm
        }
        for other in [1_300, 1_499, 1_500, 1_501, 1_800] {
            let found = try backtest(recording, yaml(speed: other))
            func flipped(_ range: (Int) -> Bool) -> [EventSequence] {
                speeds.filter { range($0.value) }.map(\.key).sorted()
            }
            let allowed = flipped { $0 > 1_500 && $0 <= other }
            let denied = flipped { $0 <= 1_500 && $0 > other }
            let verdicts = found.verdicts
            #expect(verdicts.denyToAllow.pairs.map(\.event) == allowed, "\(other), seed \(seed)")
            #expect(verdicts.allowToDeny.pairs.map(\.event) == denied, "\(other), seed \(seed)")
            #expect(verdicts.denyToAllow.count == allowed.count)
            #expect(verdicts.allowToDeny.count == denied.count)
            for pair in verdicts.denyToAllow.pairs + verdicts.allowToDeny.pairs {
                #expect(pair.movers == ["too-fast"])
            }
            let tally = try #require(found.rules.first { $0.name == "too-fast" }?.tally)
            #expect(tally.flips == allowed.count + denied.count)
            #expect(tally.applied.recorded == speeds.count { $0.value > 1_500 })
            #expect(tally.applied.supposed == speeds.count { $0.value > other })
            let byEntity = found.entities.reduce(0) { $0 + $1.tally.total }
            #expect(byEntity == allowed.count + denied.count)
            #expect(verdicts.largestChanges.count == min(10, allowed.count + denied.count))
        }
    }

    @Test("alerts are the same, moved, new or gone")
    func alerts() throws {
        let recording = try Recording(yaml(heat: 80))
        func heat(_ device: String, _ values: Int...) throws {
            for value in values { try recording.hear("plant/\(device)", #"{"temp":\#(value)}"#) }
        }
        // Hotter than both, at once; hotter than the lower one first; than the lower one only.
        try heat("same", 20, 90, 20)
        try heat("moved", 20, 75, 90, 75, 20)
        try heat("between", 20, 75, 20)
        try heat("open", 20, 75)
        let found = try backtest(recording, yaml(heat: 70)).alerts
        #expect(found.recorded == 2 && found.supposed == 4 && found.same == 1 && found.moved == 1)
        #expect(found.vanished.count == 0 && found.left == 0)
        #expect(found.new.spans.map(\.entity) == ["between", "open"])
        #expect(found.new.spans.map { $0.resolved == nil } == [false, true])
        #expect(found.new.spans.allSatisfy { $0.rule == "hot" })
        // The other way round.
        let laxer = try backtest(recording, yaml(heat: 95)).alerts
        #expect(laxer.supposed == 0 && laxer.new.count == 0)
        #expect(laxer.vanished.spans.map(\.entity) == ["same", "moved"])
    }

    @Test("an alert that fires where the comparison begins is the same on both sides")
    func firing() throws {
        let recording = try Recording(yaml())
        try recording.hear("plant/a", #"{"temp":90}"#)
        try recording.checkpoint()
        try recording.hear("plant/a", #"{"temp":90}"#)
        try recording.hear("plant/a", #"{"temp":20}"#)
        let found = try backtest(recording, yaml(speed: 1_000), from: 1).alerts
        #expect(found.recorded == 1 && found.same == 1)
        #expect(found.new.count == 0 && found.vanished.count == 0)
    }

    @Test("routes that went or came are told, and are no flips")
    func routes() throws {
        let recording = try Recording(yaml())
        try recording.hear("cmd/a/p", #"{"rpm":1000}"#)
        try recording.hear("cmd/b/p", #"{"rpm":1000}"#)
        let other = yaml().replacing("commands", with: "orders")
        let found = try backtest(recording, other).verdicts
        #expect(found.gone == 2 && found.added == 2 && found.flips == 0)
    }

    @Test("the largest changes of margin come first, ten at most, the earlier of equal ones")
    func changes() throws {
        let recording = try Recording(yaml())
        for number in 1...15 {
            try recording.hear("cmd/m\(number)/p", #"{"rpm":\#(number > 12 ? 1600 : 1000)}"#)
        }
        let stricter = yaml(speed: 1_700).replacing(
            "weight: 1, stance: support", with: "weight: 3, stance: support")
        let found = try backtest(recording, stricter).verdicts
        #expect(found.largestChanges.map(\.entity) == ["m13", "m14", "m15"])
        #expect(found.denyToAllow.count == 3)
        let all = try backtest(recording, yaml(speed: 900)).verdicts
        #expect(all.largestChanges.map(\.entity) == (1...10).map { "m\($0)" })
    }

    // MARK: Bounds

    /// Twelve proposals that are allowed below 1,700, and twelve alerts that vanish above 95.
    private func dozen() throws -> (Recording, RuleSet) {
        let recording = try Recording(yaml())
        for number in 1...12 {
            try recording.hear("cmd/m\(number)/p", #"{"rpm":1600}"#)
            try recording.hear("plant/m\(number)", #"{"temp":90}"#)
        }
        return (recording, try rules(yaml(speed: 1_700, heat: 95)))
    }

    @Test("lists are as long as they may be, and counts are whole", arguments: [1, 2])
    func rows(_ lanes: Int) throws {
        let (recording, set) = try dozen()
        let history = try recording.history()
        let start = history.starts[0]
        let range = start.sequence + 1...history.last.sequence
        let few = try history.backtest(set, on: range, from: start, lanes: lanes, rowsMax: 5)
        #expect(few.verdicts.denyToAllow.count == 12 && few.alerts.vanished.count == 12)
        #expect(few.verdicts.denyToAllow.pairs.map(\.entity) == (1...5).map { "m\($0)" })
        #expect(few.alerts.vanished.spans.map(\.entity) == (1...5).map { "m\($0)" })
        #expect(few.entities.count == 12)
        let told = try JSONScanner.scan(few.json(unreached: nil))
        #expect(told["truncated"]?.bool == true)
        #expect(told["verdicts"]?["deny_to_allow"]?["count"]?.int == 12)
        let all = try history.backtest(set, on: range, from: start, lanes: lanes, rowsMax: 12)
        #expect(all.verdicts.denyToAllow.pairs.count == 12 && all.alerts.vanished.spans.count == 12)
        #expect(try JSONScanner.scan(all.json(unreached: nil))["truncated"] == nil)
    }

    @Test("the bytes of all rows have a bound, too, and each list its share of it")
    func rowBytes() throws {
        let (recording, set) = try dozen()
        let history = try recording.history()
        let start = history.starts[0]
        let range = start.sequence + 1...history.last.sequence
        let whole = try history.backtest(set, on: range, from: start)
        var last = (flips: -1, alerts: -1)
        for bytes in [0, 1_000, 2_000, 4_000, 1 << 20] {
            let told = try JSONScanner.scan(whole.json(unreached: nil, rowBytesMax: bytes))
            let flips = told["verdicts"]?["deny_to_allow"]?["flips"]?.array ?? []
            let alerts = told["alerts"]?["vanished"]?["alerts"]?.array ?? []
            let size = (flips + alerts).reduce(0) { $0 + $1.encoded().count }
            #expect(size <= bytes, "\(bytes)")
            #expect(told["verdicts"]?["deny_to_allow"]?["count"]?.int == 12, "\(bytes)")
            #expect(told["alerts"]?["vanished"]?["count"]?.int == 12, "\(bytes)")
            let isWhole = flips.count == 12 && alerts.count == 12
            #expect((told["truncated"]?.bool == true) != isWhole, "\(bytes)")
            #expect(flips.count >= last.flips && alerts.count >= last.alerts, "\(bytes)")
            last = (flips.count, alerts.count)
        }
        #expect(last.flips == 12 && last.alerts == 12)
        // Half of it is the flips', and they cannot take the other half.
        let told = try JSONScanner.scan(whole.json(unreached: nil, rowBytesMax: 2_000))
        #expect(told["alerts"]?["vanished"]?["alerts"]?.array?.isEmpty == false)
    }
}
