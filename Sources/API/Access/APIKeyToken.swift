import Core
import Crypto

/// An API key as its holder has it: `jamey_<id>_<secret>`, shown once and stored nowhere.
///
/// The id is 12 hexadecimal digits and no secret: it stands in lists and in the audit chain. The
/// secret is 256 random bits as 43 digits of base 64 (decision 0026).
struct APIKeyToken: Sendable {
    let id: String
    /// 32 bytes.
    private let secret: [UInt8]

    static let prefix = "jamey_"
    private static let idBytes = 6
    private static let secretBytes = 32
    private static let secretDigits = 43

    /// A new key of the system's random numbers (getrandom(2)).
    static func make() -> APIKeyToken {
        var generator = SystemRandomNumberGenerator()
        return APIKeyToken(id: newID(using: &generator), using: &generator)
    }

    /// A new secret for a key that keeps its id.
    static func make(id: String) -> APIKeyToken {
        var generator = SystemRandomNumberGenerator()
        return APIKeyToken(id: id, using: &generator)
    }

    private init(id: String, using generator: inout some RandomNumberGenerator) {
        self.id = id
        secret = Self.bytes(Self.secretBytes, using: &generator)
    }

    private static func newID(using generator: inout some RandomNumberGenerator) -> String {
        Hexadecimal.text(of: bytes(idBytes, using: &generator))
    }

    private static func bytes(
        _ count: Int, using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Reads a key that somebody shows.
    ///
    /// - Returns: nil of what is no key by its form: it has been made by nobody here.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let idStart = Self.prefix.utf8.count
        let idEnd = idStart + 2 * Self.idBytes
        guard bytes.count == idEnd + 1 + Self.secretDigits, bytes.starts(with: Self.prefix.utf8),
            bytes[idEnd] == UInt8(ascii: "_")
        else { return nil }
        let id = bytes[idStart..<idEnd]
        // One spelling only, as it is stored.
        guard id.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }),
            let secret = Base64URL.decode(bytes[(idEnd + 1)...]), secret.count == Self.secretBytes
        else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
        self.secret = secret
    }

    /// What its holder gets to see, once. Never to be logged.
    var revealed: String { "\(Self.prefix)\(id)_\(Base64URL.encode(secret))" }

    /// What is stored: SHA-256 of the secret's 32 bytes.
    var hash: [UInt8] { Array(SHA256.hash(data: secret)) }
}

extension APIKeyToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "\(Self.prefix)\(id)_(secret)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: ["id": id], displayStyle: .struct) }
}
