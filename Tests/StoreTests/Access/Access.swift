import Core

@testable import Store

// What the tests of access put into a store.

/// At the local socket.
let somebody = Actor(name: "uid:1000", address: "unix")

/// One whose hash and id follow from a number.
func apiKey(
    _ number: UInt8, name: String = "grafana", role: Role = .viewer,
    at: Timestamp = Timestamp(microseconds: 1_000_000), expiresAt: Timestamp? = nil
) -> StoredKey {
    StoredKey(
        id: StoredKey.id(of: 0x0a1b_2c3d_4e00 + Int64(number)) ?? "", name: name, role: role,
        hash: keyHash(number), createdAt: at, expiresAt: expiresAt, createdBy: somebody.name)
}

func keyHash(_ number: UInt8) -> [UInt8] { AuditEncoding.digest(of: [number, 0xff, number]) }

func acknowledgement(
    _ decisionID: String, entity: String = "press-1",
    at: Timestamp = Timestamp(microseconds: 5_000_000), note: String = "seen"
) -> Acknowledgement {
    Acknowledgement(
        decisionID: decisionID, rule: "overheat", entity: entity, at: at,
        actor: Actor(name: "key:0a1b2c3d4e01 ann", address: "10.0.0.7"), note: note)
}

func accessRecord(
    _ kind: AccessRecord.Kind = .refused, by name: String = "", reason: String = "UNAUTHENTICATED",
    count: Int = 1
) -> AccessRecord {
    AccessRecord(
        at: Timestamp(microseconds: 2_000_000), actor: Actor(name: name, address: "10.0.0.9"),
        kind: kind, what: "PUT /soul/{entity}", reason: reason, count: count)
}

extension AuditedStore {
    /// What the links of a kind keep, oldest first.
    func records(of kind: AuditLink.Kind) throws -> [JSONValue] {
        try links().filter { $0.kind == kind }.map { link in
            let record = link.record.flatMap { try? JSONScanner.scan(Array($0.utf8)) }
            return record ?? .null
        }
    }

    /// Oldest first.
    func links() throws -> [AuditLink] {
        var links: [AuditLink] = []
        try StoreReader(path: scratch.path).forEachLinkFromNewest { link in
            links.append(link)
            return true
        }
        return links.reversed()
    }

    func keys() throws -> [StoredKey] { try StoreReader(path: scratch.path).apiKeys() }

    @discardableResult
    func change(_ change: KeyChange) throws -> KeyChangeResult {
        try writer.apply(change, by: somebody, at: now)
    }

    /// Enough that retention takes the beginning of the chain.
    func outlive() throws {
        for number in 1...100 { try decide("d\(number)") }
        try checkpoint()
        try decide("last")
        _ = try trim()
    }
}
