import Core
import Testing

@testable import API

@Suite("The lock-out")
struct LockoutTests {
    private let start = MonotonicTime(microseconds: 5_000_000)
    private let attacker = AddressBlock("192.0.2.66")
    private let owner = AddressBlock("192.0.2.1")
    private let right: [UInt8] = [1, 2, 3]
    private let wrong: [UInt8] = [9, 9, 9]

    @Test("the first failures cost nothing, then each doubles the delay up to the largest")
    func growth() {
        var lockout = Lockout()
        var now = start
        for number in 1..<Limits.lockoutFailures {
            #expect(lockout.fail(from: attacker, keyID: nil, at: now) == nil, "failure \(number)")
            #expect(lockout.delay(for: attacker, showing: wrong, at: now) == nil)
        }
        var delays: [Int64] = []
        for _ in 0..<12 {
            let delay = lockout.fail(from: attacker, keyID: nil, at: now) ?? .zero
            #expect(lockout.delay(for: attacker, showing: wrong, at: now) == delay)
            let last = now + delay + .microseconds(-1)
            #expect(lockout.delay(for: attacker, showing: wrong, at: last) == .microseconds(1))
            now = now + delay
            #expect(lockout.delay(for: attacker, showing: wrong, at: now) == nil)
            delays.append(delay.microseconds / 1_000_000)
        }
        #expect(delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
    }

    @Test("ten failures of a guesser take more than half a minute, and twenty more than one hour")
    func bruteForce() {
        var lockout = Lockout()
        var now = start
        var after: [Int: Duration] = [:]
        for number in 1...20 {
            if let delay = lockout.delay(for: attacker, showing: wrong, at: now) {
                now = now + delay
            }
            _ = lockout.fail(from: attacker, keyID: nil, at: now)
            after[number] = now - start
        }
        #expect(after[10] ?? .zero >= .seconds(31), "\(after)")
        #expect(after[20] ?? .zero >= .seconds(5_000), "\(after)")
    }

    @Test("one failure is forgiven a minute, counted from the end of the delay")
    func decay() {
        var lockout = Lockout()
        for _ in 0..<Limits.lockoutFailures + 2 {
            _ = lockout.fail(from: attacker, keyID: nil, at: start)
        }
        // Seven failures: the delay is 4 s, and they are forgiven from then on.
        let end = start + .seconds(4)
        var soon = lockout
        #expect(soon.fail(from: attacker, keyID: nil, at: end + .seconds(59)) == .seconds(8))
        var later = lockout
        #expect(later.fail(from: attacker, keyID: nil, at: end + .seconds(120)) == .seconds(2))
        var muchLater = lockout
        #expect(muchLater.fail(from: attacker, keyID: nil, at: end + .seconds(420)) == nil)
        for _ in 0..<Limits.lockoutFailures - 2 {
            #expect(muchLater.fail(from: attacker, keyID: nil, at: end + .seconds(420)) == nil)
        }
        #expect(
            muchLater.fail(from: attacker, keyID: nil, at: end + .seconds(420)) == .seconds(1))
    }

    @Test("success forgives nothing: who has one key cannot try others with it in between")
    func successForgivesNothing() {
        var lockout = Lockout()
        for _ in 1..<Limits.lockoutFailures {
            _ = lockout.fail(from: attacker, keyID: nil, at: start)
            lockout.succeed(from: attacker, showing: right, at: start)
        }
        #expect(lockout.fail(from: attacker, keyID: nil, at: start) == .seconds(1))
    }

    @Test("whatever an attacker does elsewhere, the owner of a key is looked at")
    func ownerElsewhere() {
        var lockout = Lockout()
        for number in 0..<2_000 {
            let block = AddressBlock("10.0.\(number / 250).\(number % 250)")
            _ = lockout.fail(from: block, keyID: "0123456789ab", at: start)
            _ = lockout.fail(from: attacker, keyID: "0123456789ab", at: start)
        }
        #expect(lockout.delay(for: owner, showing: right, at: start) == nil)
        #expect(lockout.delay(for: attacker, showing: right, at: start) != nil)
    }

    @Test("while a key is guarded, one failure on it is enough for an address; on others not")
    func guardedKey() {
        var lockout = Lockout()
        let key = "0123456789ab"
        for number in 1..<Limits.lockoutFailuresOfKey {
            let block = AddressBlock("10.0.0.\(number)")
            #expect(lockout.fail(from: block, keyID: key, at: start) == nil, "from \(number)")
        }
        let next = AddressBlock("10.0.1.1")
        #expect(lockout.fail(from: next, keyID: key, at: start) == .seconds(1))
        #expect(lockout.fail(from: next, keyID: key, at: start) == .seconds(2))
        let other = AddressBlock("10.0.1.2")
        #expect(lockout.fail(from: other, keyID: "ba9876543210", at: start) == nil)
        // After an hour without failures the guard is gone.
        let later = start + .seconds(3_600)
        #expect(lockout.fail(from: AddressBlock("10.0.1.3"), keyID: key, at: later) == nil)
    }

    @Test("what was right at an address is looked at there although others fail beside it")
    func sameAddress() {
        var lockout = Lockout()
        lockout.succeed(from: attacker, showing: right, at: start)
        for _ in 0..<20 { _ = lockout.fail(from: attacker, keyID: "0123456789ab", at: start) }
        #expect(lockout.delay(for: attacker, showing: right, at: start) == nil)
        #expect(lockout.delay(for: attacker, showing: wrong, at: start) != nil)
        var elsewhere = lockout
        for _ in 0..<20 { _ = elsewhere.fail(from: owner, keyID: nil, at: start) }
        #expect(
            elsewhere.delay(for: owner, showing: right, at: start) != nil,
            "it was right at another address only")
    }

    @Test("who has many credentials has none of another address forgotten")
    func proofsOfOne() {
        var lockout = Lockout()
        lockout.succeed(from: owner, showing: right, at: start)
        for number in 0...Limits.lockoutEntriesMax {
            let digest = withUnsafeBytes(of: number) { Array($0) }
            lockout.succeed(from: attacker, showing: digest, at: start)
        }
        #expect(lockout.isProven(from: owner, showing: right, at: start))
        let first = withUnsafeBytes(of: 0) { Array($0) }
        #expect(!lockout.isProven(from: attacker, showing: first, at: start), "it has a bound")
    }

    @Test("what was right is trusted for an hour without use")
    func trustEnds() {
        var lockout = Lockout()
        lockout.succeed(from: attacker, showing: right, at: start)
        let late = start + Limits.lockoutTrust
        for _ in 0..<20 { _ = lockout.fail(from: attacker, keyID: nil, at: late) }
        #expect(lockout.delay(for: attacker, showing: right, at: late) != nil)
        lockout.succeed(from: attacker, showing: right, at: late)
        #expect(lockout.delay(for: attacker, showing: right, at: late) == nil)
    }

    @Test("all addresses of one IPv6 network are one party")
    func networks() {
        var lockout = Lockout()
        for number in 0..<Limits.lockoutFailures {
            _ = lockout.fail(
                from: AddressBlock("2001:db8:1:2::\(number)"), keyID: nil, at: start)
        }
        let same = AddressBlock("2001:db8:1:2:aaaa::1")
        #expect(lockout.delay(for: same, showing: wrong, at: start) == .seconds(1))
    }
}
