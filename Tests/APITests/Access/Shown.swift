import Core
import Testing

@testable import API

/// What somebody shows, and whom it makes them; nil: nobody.
struct Shown {
    var name: String
    var text: String?
    var role: Role?

    /// A key in the ring of the fixture.
    static func key(
        _ role: Role, in fixture: APIFixture, expiresAt: Timestamp? = nil
    ) -> APIKeyToken {
        let token = APIKeyToken.make()
        fixture.services.keys.apply(
            .create(
                StoredKey(
                    id: token.id, name: "test", role: role, hash: token.hash,
                    createdAt: fixture.clock.now(), expiresAt: expiresAt, createdBy: "test")))
        return token
    }

    static func revokedKey(_ role: Role, in fixture: APIFixture) -> APIKeyToken {
        let token = key(role, in: fixture)
        fixture.services.keys.apply(.revoke(id: token.id, at: fixture.clock.now()))
        return token
    }

    /// Keys of every kind, and none.
    static func keys(in fixture: APIFixture) -> [Shown] {
        let (ring, now) = (fixture.services.keys, fixture.clock.now())
        var all = [
            Shown(name: "no key"),
            Shown(name: "an unknown key", text: APIKeyToken.make().revealed),
            Shown(name: "half a key", text: "jamey_0123456789ab"),
        ]
        for role in Role.allCases {
            let good = key(role, in: fixture)
            all.append(Shown(name: "\(role)", text: good.revealed, role: role))
            let wrong = APIKeyToken.make(id: good.id)
            all.append(Shown(name: "\(role), wrong secret", text: wrong.revealed))
            let expired = key(role, in: fixture, expiresAt: now)
            all.append(Shown(name: "\(role), expired", text: expired.revealed))
            let revoked = revokedKey(role, in: fixture)
            all.append(Shown(name: "\(role), revoked", text: revoked.revealed))
        }
        let old = key(.viewer, in: fixture)
        let new = APIKeyToken.make(id: old.id)
        ring.apply(.rotate(id: old.id, hash: new.hash, previousUntil: now + .seconds(60)))
        all.append(Shown(name: "old, in rotation", text: old.revealed, role: .viewer))
        all.append(Shown(name: "new, in rotation", text: new.revealed, role: .viewer))
        let over = key(.admin, in: fixture)
        ring.apply(
            .rotate(id: over.id, hash: APIKeyToken.make().hash, previousUntil: now))
        all.append(Shown(name: "old, rotated away", text: over.revealed))
        return all
    }

    /// Tokens of every algorithm and role, and bad ones of every kind.
    static func tokens(at site: TokenSite) async throws -> [Shown] {
        var all: [Shown] = []
        for issuer in try await site.issuers() {
            for role in Role.allCases {
                let text = try issuer.token(["role": .string(role.rawValue)])
                all.append(Shown(name: "\(role) by \(issuer.algorithm)", text: text, role: role))
            }
        }
        return all
            + (try await BadToken.all(at: site)).map { Shown(name: $0.name, text: $0.text) }
    }
}

extension APIRoute {
    /// With segments that stand for nothing.
    var pathOfNothing: String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? "1" : String($0) }.joined(separator: "/")
    }

    /// Expects the status that the table of roles has for whoever shows something.
    func expect(
        _ status: Int, for shown: Shown, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let place = "\(pattern) for \(shown.name): \(status)"
        switch (access, shown.role) {
        case (.role, nil): #expect(status == 401, "\(place)", sourceLocation: sourceLocation)
        case (.role(let needed), let role?) where role < needed:
            #expect(status == 403, "\(place)", sourceLocation: sourceLocation)
        case (.anyone, _), (.role, _):
            // It came as far as the handler, which had an answer.
            #expect(
                (200..<500).contains(status) && ![401, 403, 429].contains(status), "\(place)",
                sourceLocation: sourceLocation)
        }
    }
}
