import Core
import Crypto

/// One digest over decisions in their order, so that two builds, or two machines, can be compared.
struct DecisionDigest {
    private var hash = SHA256()

    /// Everything that is stored of it, each part with its length before it.
    mutating func add(_ decision: Decision) {
        add(Array(decision.id.utf8))
        add(number: Int64(decision.kind.rawValue))
        add(number: decision.at.microseconds)
        add(number: decision.eventSequence)
        add(Array(decision.route.utf8))
        add(Array(decision.entity.utf8))
        add(number: decision.isPositive ? 1 : 0)
        add(decision.json)
    }

    private mutating func add(_ bytes: [UInt8]) {
        add(number: Int64(bytes.count))
        hash.update(data: bytes)
    }

    private mutating func add(number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
    }

    var text: String { Self.text(hash.finalize()) }

    static func of(_ bytes: [UInt8]) -> String { text(SHA256.hash(data: bytes)) }

    private static func text(_ digest: SHA256.Digest) -> String {
        "sha256:" + Hexadecimal.text(of: Array(digest))
    }
}
