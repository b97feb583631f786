import Agent
import Core
import Crypto
import Foundation
import JWTKit
import Logging
import TestSupport

@testable import API

/// Files with keys of every algorithm, and issuers that sign with them.
final class TokenSite {
    private let directory: TestDirectory
    let secret = Array("0123456789abcdef0123456789ABCDEF-planted".utf8)
    let es256 = P256.Signing.PrivateKey()
    let eddsa = Curve25519.Signing.PrivateKey()

    init() throws { directory = try TestDirectory("tokens") }

    /// - Returns: the file's path. Each time it is another file of that name, as a deployment puts
    ///   it there.
    @discardableResult
    func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        let path = directory.path + "/" + name
        let next = path + ".next"
        try Data(text.utf8).write(to: URL(fileURLWithPath: next))
        guard chmod(next, mode) == 0, rename(next, path) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        return path
    }

    func remove(_ name: String) { unlink(directory.path + "/" + name) }

    /// A key of each algorithm, by its `kid`.
    func settings() throws -> APISettings.JWT {
        typealias Key = APISettings.JWT.Key
        let eddsaPEM = EdDSA.PrivateKey(backing: eddsa).publicKey.pemRepresentation
        return APISettings.JWT(
            keys: [
                Key(
                    file: try write(String(decoding: secret, as: UTF8.self) + "\n", to: "hs"),
                    algorithm: .hs256, id: "hs-1"),
                Key(
                    file: try write(try RFC7515.publicPEM(), to: "rs.pem", mode: 0o644),
                    algorithm: .rs256, id: "rs-1"),
                Key(
                    file: try write(es256.publicKey.pemRepresentation, to: "es.pem"),
                    algorithm: .es256, id: "es-1"),
                Key(file: try write(eddsaPEM, to: "ed.pem"), algorithm: .eddsa, id: "ed-1"),
            ], issuer: TokenIssuer.issuer, audience: TokenIssuer.audience)
    }

    /// Those whose keys are in the settings, each once.
    func issuers() async throws -> [TokenIssuer] {
        [
            .hs256(secret, id: "hs-1"), try await .rs256(id: "rs-1"),
            .es256(es256, id: "es-1"), .eddsa(eddsa, id: "ed-1"),
        ]
    }

    /// With the keys of the settings read.
    func verifier(
        _ settings: APISettings.JWT, log: ListedLog = ListedLog()
    ) async -> TokenVerifier {
        let verifier = TokenVerifier(settings, log: Logger(label: "test") { _ in log })
        await verifier.reload()
        return verifier
    }
}
