import Core
import Testing

@testable import API

@Suite("The ring of API keys")
struct KeyRingTests {
    private let start = Timestamp(microseconds: 1_767_225_600_000_000)

    private func stored(
        _ token: APIKeyToken, expiresAt: Timestamp? = nil, createdAt: Timestamp? = nil
    ) -> StoredKey {
        StoredKey(
            id: token.id, name: "grafana", role: .viewer, hash: token.hash,
            createdAt: createdAt ?? start, expiresAt: expiresAt, createdBy: "unix")
    }

    private func fault(_ result: Result<StoredKey, KeyFault>) -> KeyFault? {
        if case .failure(let fault) = result { fault } else { nil }
    }

    private func isGood(_ result: Result<StoredKey, KeyFault>) -> Bool {
        if case .success = result { true } else { false }
    }

    @Test("a key that the store has is good, every other one is not")
    func known() throws {
        let token = APIKeyToken.make()
        let ring = KeyRing([stored(token)])
        let key = try ring.authenticate(token.revealed, at: start).get()
        #expect(key.id == token.id && key.role == .viewer)
        let other = APIKeyToken.make(id: token.id).revealed
        #expect(fault(ring.authenticate(other, at: start)) == .wrong)
        #expect(fault(ring.authenticate(APIKeyToken.make().revealed, at: start)) == .unknown)
        #expect(fault(ring.authenticate("jamey_nonsense", at: start)) == .unknown)
    }

    @Test("until the store's keys are read none is unknown; what was made meanwhile is good")
    func notLoaded() throws {
        let (stored, made) = (APIKeyToken.make(), APIKeyToken.make())
        let ring = KeyRing()
        ring.apply(.create(self.stored(made)))
        #expect(!ring.isLoaded)
        #expect(fault(ring.authenticate(stored.revealed, at: start)) == .notLoaded)
        #expect(isGood(ring.authenticate(made.revealed, at: start)))
        let wrong = APIKeyToken.make(id: made.id).revealed
        #expect(fault(ring.authenticate(wrong, at: start)) == .wrong)
        #expect(fault(ring.authenticate("jamey_nonsense", at: start)) == .unknown)
        #expect(!ring.load([], unlessChangedSince: ring.changes - 1) && !ring.isLoaded)
        let keys = [self.stored(made), self.stored(stored)]
        #expect(ring.load(keys, unlessChangedSince: ring.changes) && ring.isLoaded)
        #expect(isGood(ring.authenticate(stored.revealed, at: start)))
        let other = APIKeyToken.make().revealed
        #expect(fault(ring.authenticate(other, at: start)) == .unknown)
    }

    @Test("a key expires at its moment, and only who has its secret hears of it")
    func expiry() {
        let token = APIKeyToken.make()
        let ring = KeyRing([stored(token, expiresAt: start + .seconds(60))])
        #expect(isGood(ring.authenticate(token.revealed, at: start + .microseconds(59_999_999))))
        #expect(fault(ring.authenticate(token.revealed, at: start + .seconds(60))) == .expired)
        let other = APIKeyToken.make(id: token.id).revealed
        #expect(fault(ring.authenticate(other, at: start + .seconds(60))) == .wrong)
    }

    @Test("keys that were read before a change do not undo it")
    func staleLoad() {
        let token = APIKeyToken.make()
        let ring = KeyRing([stored(token)])
        let (changes, read) = (ring.changes, ring.keys)
        ring.apply(.revoke(id: token.id, at: start))
        #expect(!ring.load(read, unlessChangedSince: changes))
        #expect(fault(ring.authenticate(token.revealed, at: start)) == .revoked)
        #expect(ring.load(read, unlessChangedSince: ring.changes))
        #expect(isGood(ring.authenticate(token.revealed, at: start)))
    }

    @Test("a revoked key is good for nothing from the next request on, and stays so")
    func revocation() {
        let token = APIKeyToken.make()
        let ring = KeyRing([stored(token)])
        #expect(isGood(ring.authenticate(token.revealed, at: start)))
        ring.apply(.revoke(id: token.id, at: start))
        #expect(fault(ring.authenticate(token.revealed, at: start)) == .revoked)
        ring.apply(.revoke(id: token.id, at: start + .seconds(9)))
        #expect(ring.key(token.id)?.revokedAt == start)
        let other = APIKeyToken.make(id: token.id).revealed
        #expect(fault(ring.authenticate(other, at: start)) == .wrong)
    }

    @Test("two secrets are good while a rotation overlaps, the old one not a moment longer")
    func rotation() {
        let (old, other) = (APIKeyToken.make(), APIKeyToken.make())
        let new = APIKeyToken.make(id: old.id)
        let ring = KeyRing([stored(old), stored(other)])
        let end = start + .seconds(86_400)
        ring.apply(.rotate(id: old.id, hash: new.hash, previousUntil: end))
        let before = end + .microseconds(-1)
        for time in [start, before] {
            #expect(isGood(ring.authenticate(old.revealed, at: time)), "old at \(time)")
            #expect(isGood(ring.authenticate(new.revealed, at: time)), "new at \(time)")
        }
        #expect(fault(ring.authenticate(old.revealed, at: end)) == .wrong)
        #expect(isGood(ring.authenticate(new.revealed, at: end)))
        #expect(isGood(ring.authenticate(other.revealed, at: end)), "another key was touched")
    }

    @Test("a rotation without an overlap ends the old secret at once, as does a second rotation")
    func rotationAtOnce() {
        let old = APIKeyToken.make()
        let (new, newer) = (APIKeyToken.make(id: old.id), APIKeyToken.make(id: old.id))
        let ring = KeyRing([stored(old)])
        ring.apply(.rotate(id: old.id, hash: new.hash, previousUntil: start))
        #expect(fault(ring.authenticate(old.revealed, at: start)) == .wrong)
        let end = start + .seconds(60)
        ring.apply(.rotate(id: old.id, hash: newer.hash, previousUntil: end))
        #expect(isGood(ring.authenticate(new.revealed, at: start)))
        #expect(isGood(ring.authenticate(newer.revealed, at: start)))
        #expect(fault(ring.authenticate(old.revealed, at: start)) == .wrong)
        // What is without an end overlaps with nothing, and an earlier one has no part in it.
        let last = APIKeyToken.make(id: old.id)
        ring.apply(.rotate(id: old.id, hash: last.hash, previousUntil: nil))
        #expect(fault(ring.authenticate(newer.revealed, at: start)) == .wrong)
        #expect(isGood(ring.authenticate(last.revealed, at: start)))
        let key = ring.key(old.id)
        #expect(key?.previousUntil == nil && key?.previousHash == nil)
    }

    @Test("revoking a key in rotation ends both secrets")
    func revokedInRotation() {
        let old = APIKeyToken.make()
        let new = APIKeyToken.make(id: old.id)
        let ring = KeyRing([stored(old)])
        let end = start + .seconds(60)
        ring.apply(.rotate(id: old.id, hash: new.hash, previousUntil: end))
        ring.apply(.revoke(id: old.id, at: start))
        #expect(fault(ring.authenticate(old.revealed, at: start)) == .revoked)
        #expect(fault(ring.authenticate(new.revealed, at: start)) == .revoked)
    }

    @Test("the last use is kept, handed out once, and taken back where it was not written")
    func lastUse() {
        let (a, b) = (APIKeyToken.make(), APIKeyToken.make())
        let ring = KeyRing([stored(a), stored(b)])
        _ = ring.authenticate(a.revealed, at: start)
        _ = ring.authenticate(a.revealed, at: start + .seconds(5))
        _ = ring.authenticate(APIKeyToken.make(id: b.id).revealed, at: start)
        let used = ring.takeUsed()
        #expect(used == [a.id: start + .seconds(5)])
        #expect(ring.takeUsed().isEmpty)
        #expect(ring.key(a.id)?.lastUsedAt == start + .seconds(5))
        #expect(ring.key(b.id)?.lastUsedAt == nil, "a wrong secret is no use of a key")
        _ = ring.authenticate(a.revealed, at: start + .seconds(9))
        ring.giveBack(used)
        #expect(ring.takeUsed() == [a.id: start + .seconds(9)])
    }

    @Test("keys are listed from the oldest, and loading replaces them all")
    func list() {
        let (a, b) = (APIKeyToken.make(), APIKeyToken.make())
        let ring = KeyRing()
        ring.apply(.create(stored(b, createdAt: start + .seconds(1))))
        ring.apply(.create(stored(a)))
        #expect(ring.keys.map(\.id) == [a.id, b.id])
        ring.load([stored(b)])
        #expect(ring.keys.map(\.id) == [b.id])
        #expect(fault(ring.authenticate(a.revealed, at: start)) == .unknown)
    }

    @Test("where there are too many keys, the one that ended first makes room")
    func bound() {
        let ring = KeyRing()
        var ids: [String] = []
        for number in 0..<Limits.apiKeysMax {
            var key = stored(APIKeyToken.make())
            key.hash = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32)
            ids.append(key.id)
            ring.apply(.create(key))
        }
        ring.apply(.revoke(id: ids[7], at: start + .seconds(2)))
        ring.apply(.revoke(id: ids[9], at: start + .seconds(1)))
        ring.apply(.create(stored(APIKeyToken.make(), createdAt: start + .seconds(3))))
        #expect(ring.keys.count == Limits.apiKeysMax)
        #expect(ring.key(ids[9]) == nil && ring.key(ids[7]) != nil)
    }

    @Test("no printed form of a ring has a hash or a name in it")
    func redacted() {
        let token = APIKeyToken.make()
        let ring = KeyRing([stored(token)])
        var dumped = ""
        dump(ring, to: &dumped)
        for text in ["\(ring)", String(reflecting: ring), dumped] {
            #expect(!text.contains("\(token.hash[0]), \(token.hash[1])"), "\(text)")
            #expect(!text.contains("grafana"), "\(text)")
        }
    }
}
