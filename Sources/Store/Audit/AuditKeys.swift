import Core
import Crypto

/// The Ed25519 key that signs heads (RFC 8032), kept out of every printed form.
public struct AuditSigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// From the bytes of a file: the 32 bytes of the key, or PEM of PKCS 8 (RFC 8410).
    /// - Returns: nil where they are neither.
    public init?(_ bytes: [UInt8]) {
        guard let raw = AuditKeyFile.raw(bytes, label: "PRIVATE KEY"),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else { return nil }
        self.key = key
    }

    public var publicKey: AuditPublicKey { AuditPublicKey(key.publicKey) }

    /// - Returns: nil where the system cannot sign, which Ed25519 has no reason for.
    func signature(of text: String) -> [UInt8]? {
        (try? key.signature(for: Array(text.utf8))).map { Array($0) }
    }

    /// Tells passwords apart, and nobody without this key can try guesses on it. No signature: that
    /// could be tried with the public key.
    func mark(of password: [UInt8]) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(
            for: AuditCredentials.passwordLabel + password,
            using: SymmetricKey(data: Array(key.rawRepresentation)))
        return Array(Array(code).prefix(16))
    }
}

extension AuditSigningKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}

/// The other half, for whoever verifies.
public struct AuditPublicKey: Sendable {
    private let key: Curve25519.Signing.PublicKey

    init(_ key: Curve25519.Signing.PublicKey) { self.key = key }

    /// From the bytes of a file: the 32 bytes of the key, or PEM of a public key (RFC 8410).
    /// - Returns: nil where they are neither.
    public init?(_ bytes: [UInt8]) {
        guard let raw = AuditKeyFile.raw(bytes, label: "PUBLIC KEY"),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
        else { return nil }
        self.key = key
    }

    /// The first 8 bytes of the SHA-256 of its 32, in hexadecimal: which key it was, not a proof.
    public var id: String {
        let digest = AuditEncoding.digest(of: bytes)
        return Hexadecimal.text(of: digest.prefix(8))
    }

    /// The 32 bytes of it.
    public var bytes: [UInt8] { Array(key.rawRepresentation) }

    func isValid(_ signature: [UInt8], of text: String) -> Bool {
        key.isValidSignature(signature, for: Array(text.utf8))
    }
}

/// Files with one Ed25519 key.
private enum AuditKeyFile {
    private static let bytes = 32
    /// What stands before the key in DER (RFC 8410, sections 4 and 7): of PKCS 8 without and with
    /// the public key behind it, and of a public key.
    private static let headers: [String: [[UInt8]]] = [
        "PRIVATE KEY": [
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22]
                + [0x04, 0x20],
            [0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22]
                + [0x04, 0x20],
        ],
        "PUBLIC KEY": [[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]],
    ]

    static func raw(_ file: [UInt8], label: String) -> [UInt8]? {
        if file.count == bytes { return file }
        guard let text = String(validating: file, as: UTF8.self) else { return nil }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }
        guard let first = lines.firstIndex(of: "-----BEGIN \(label)-----"),
            let last = lines.firstIndex(of: "-----END \(label)-----"), first < last,
            let der = Base64.decode(lines[(first + 1)..<last].joined())
        else { return nil }
        for header in headers[label] ?? [] where der.starts(with: header) {
            let key = der.dropFirst(header.count).prefix(bytes)
            return key.count == bytes ? Array(key) : nil
        }
        return nil
    }
}

extension Substring {
    /// Without spaces at either end.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
