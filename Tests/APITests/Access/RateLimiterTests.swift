import Core
import Testing

@testable import API

@Suite("Token buckets")
struct RateLimiterTests {
    private let start = MonotonicTime(microseconds: 5_000_000)

    @Test("a burst passes, and then as many as the rate says")
    func burst() {
        var limiter = RateLimiter<String>(perSecond: 10, burst: 5)
        for number in 0..<5 {
            #expect(limiter.take(for: "a", at: start) == nil, "request \(number)")
        }
        #expect(limiter.take(for: "a", at: start) == .milliseconds(100))
        let later = start + .milliseconds(40)
        #expect(limiter.take(for: "a", at: later) == .milliseconds(60), "refusals cost nothing")
        #expect(limiter.take(for: "a", at: start + .milliseconds(100)) == nil)
        #expect(limiter.take(for: "a", at: start + .milliseconds(100)) == .milliseconds(100))
    }

    @Test("an idle bucket is full again, and never fuller than that")
    func refill() {
        var limiter = RateLimiter<String>(perSecond: 10, burst: 5)
        for _ in 0..<5 { _ = limiter.take(for: "a", at: start) }
        let later = start + .seconds(3_600)
        let passed = (0..<20).filter { _ in limiter.take(for: "a", at: later) == nil }
        #expect(passed.count == 5)
    }

    @Test("over a long time no more pass than the rate and one burst")
    func longRun() {
        var limiter = RateLimiter<String>(perSecond: 7, burst: 3)
        var passed = 0
        for millisecond in 0..<60_000 {
            let now = start + .milliseconds(millisecond)
            if limiter.take(for: "a", at: now) == nil { passed += 1 }
        }
        #expect((418...423).contains(passed), "\(passed)")
    }

    @Test("each key has a bucket of its own")
    func keys() {
        var limiter = RateLimiter<String>(perSecond: 1, burst: 1)
        #expect(limiter.take(for: "a", at: start) == nil)
        #expect(limiter.take(for: "b", at: start) == nil)
        #expect(limiter.take(for: "a", at: start) == .seconds(1))
    }

    @Test("a clock that goes back takes nothing away and gives nothing")
    func backwards() {
        var limiter = RateLimiter<String>(perSecond: 1, burst: 2)
        #expect(limiter.take(for: "a", at: start) == nil)
        let earlier = MonotonicTime(microseconds: start.microseconds - 1_000_000)
        #expect(limiter.take(for: "a", at: earlier) == .seconds(1))
        #expect(limiter.take(for: "a", at: start) == nil)
    }

    @Test("buckets are bounded: the one asked longest ago is given up")
    func bounded() {
        var limiter = RateLimiter<Int>(perSecond: 1, burst: 1, bucketsMax: 3)
        for key in 1...3 { #expect(limiter.take(for: key, at: start) == nil) }
        #expect(limiter.take(for: 1, at: start) != nil, "1 is asked again")
        #expect(limiter.take(for: 4, at: start) == nil)
        #expect(limiter.count == 3)
        #expect(limiter.take(for: 1, at: start) != nil)
        #expect(limiter.take(for: 3, at: start) != nil)
        #expect(limiter.take(for: 2, at: start) == nil, "2 was given up, and begins anew")
    }

    @Test("rates beyond what can be told are taken as the nearest that can")
    func extremes() {
        var fast = RateLimiter<Int>(perSecond: .infinity, burst: .max)
        #expect(fast.take(for: 1, at: start) == nil)
        var slow = RateLimiter<Int>(perSecond: 0, burst: 0)
        #expect(slow.take(for: 1, at: start) == nil)
        #expect(slow.take(for: 1, at: start) == .seconds(1_000))
    }

    @Test("Retry-After is in whole seconds, rounded up, and at least one")
    func retryAfter() {
        let delays: [Duration] = [.zero, .microseconds(1), .seconds(1), .milliseconds(1_001)]
        let texts = delays.map { APIError.tooMany(after: $0).headers[.retryAfter] }
        #expect(texts == ["1", "1", "1", "2"])
    }
}

@Suite("A bounded table in the order of use")
struct RecentTableTests {
    @Test("it agrees with a simple model over many uses")
    func model() {
        var table = RecentTable<Int, Int>(capacity: 8)
        var model: [(key: Int, value: Int)] = []
        var state: UInt64 = 42
        for step in 0..<1_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let key = Int(state >> 33) % 14
            table.update(key, from: 0) { $0 += step }
            let old = model.first { $0.key == key }?.value ?? 0
            model.removeAll { $0.key == key }
            model.append((key, old + step))
            if model.count > 8 { model.removeFirst() }
            for key in 0..<14 {
                #expect(table[key] == model.first { $0.key == key }?.value, "step \(step)")
            }
        }
        #expect(table.count == 8)
    }

    @Test("a table of one holds the last")
    func one() {
        var table = RecentTable<String, Int>(capacity: 1)
        table.update("a", from: 1) { _ in }
        table.update("b", from: 2) { _ in }
        #expect(table["a"] == nil && table["b"] == 2 && table.count == 1)
    }
}

@Suite("Blocks of addresses")
struct AddressBlockTests {
    @Test(
        "one party is told from another",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.1", "::192.0.2.1", false),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("fe80::1%eth0", "fe80::2%eth1", true), ("::1", "127.0.0.1", false),
            ("127.0.0.2", "127.0.0.1", true), ("::ffff:127.255.0.9", "127.0.0.1", true),
            ("127.0.0.2", "128.0.0.2", false),
            ("mqtt:api/a", "mqtt:api/a", true), ("mqtt:api/a", "mqtt:api/b", false),
            ("mqtt:api/a", "unix", false), ("", "0.0.0.0", false),
        ])
    func parties(_ a: String, _ b: String, _ areOne: Bool) {
        #expect((AddressBlock(a) == AddressBlock(b)) == areOne)
    }
}
