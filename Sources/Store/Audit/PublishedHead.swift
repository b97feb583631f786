import Core

/// A head as it is published on `audit/head` (topics.md), and as somebody else holds it.
public struct PublishedHead: Equatable, Sendable {
    public var seq: Int64
    public var hash: [UInt8]
    /// When the newest link was made, as it is written.
    public var timestamp: String
    public var signature: [UInt8]?
    /// Which key signed.
    public var keyID: String?

    public init(_ head: AuditHead, signedBy key: AuditSigningKey? = nil) {
        seq = head.seq
        hash = head.hash
        timestamp = head.at.rfc3339(.milliseconds)
        guard let key else { return }
        signature = key.signature(of: signedText)
        keyID = key.publicKey.id
    }

    /// What a signature is over (docs/audit.md, "The signature").
    public var signedText: String {
        "jamey audit head v1\n\(seq)\n\(Hexadecimal.text(of: hash))\n\(timestamp)\n"
    }

    public func isSigned(by key: AuditPublicKey) -> Bool {
        signature.map { key.isValid($0, of: signedText) } ?? false
    }

    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("seq", seq)
            json.member("hash", Hexadecimal.text(of: hash))
            json.member("timestamp", timestamp)
            json.member("signature", ifPresent: signature.map(Base64.encode))
            json.member("key_id", ifPresent: keyID)
        }
    }

    /// nil of bytes that are no head.
    public init?(json: [UInt8]) {
        guard let body = try? JSONScanner.scan(json), let seq = body["seq"]?.int,
            let hash = body["hash"]?.string.flatMap(Hexadecimal.bytes), hash.count == 32
        else { return nil }
        self.seq = seq
        self.hash = hash
        timestamp = body["timestamp"]?.string ?? ""
        signature = body["signature"]?.string.flatMap(Base64.decode)
        keyID = body["key_id"]?.string
    }
}
