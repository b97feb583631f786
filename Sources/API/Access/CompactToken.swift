import Core

/// A JSON Web Token taken apart and not believed: the compact serialization (RFC 7515, section 7.1)
/// with a header that is understood.
///
/// It is read by Core's scanner and not by jwt-kit's decoders: no name comes twice, nothing is left
/// over, depth and numbers are bounded, and base 64 has one spelling.
struct CompactToken: Sendable {
    typealias Algorithm = APISettings.JWT.Algorithm

    let algorithm: Algorithm
    let keyID: String?
    /// JSON, not looked at before the signature is.
    let payload: [UInt8]
    let signature: [UInt8]
    /// What is signed: the first two parts as they came.
    let signed: [UInt8]

    /// - Throws: `.malformed`, `.algorithm`, `.critical`, `.type`.
    init(_ text: String) throws(TokenFault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Limits.tokenBytesMax else { throw .malformed }
        let parts = bytes.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts.contains(where: \.isEmpty),
            let headerBytes = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        let header = try Self.object(headerBytes)
        guard case .string(let name)? = header["alg"] else { throw .malformed }
        guard let algorithm = Algorithm(rawValue: name) else { throw .algorithm }
        // It is there to be refused by who does not know it, even an empty one.
        guard header["crit"] == nil else { throw .critical }
        try Self.checkType(header["typ"])
        self.algorithm = algorithm
        keyID = try Self.keyID(header["kid"])
        self.payload = payload
        self.signature = signature
        signed = Array(bytes[..<parts[2].startIndex].dropLast())
    }

    /// A JSON object.
    static func object(_ bytes: [UInt8]) throws(TokenFault) -> JSONObject {
        guard let value = try? JSONScanner.scan(bytes), case .object(let object) = value else {
            throw .malformed
        }
        return object
    }

    private static func keyID(_ value: JSONValue?) throws(TokenFault) -> String? {
        guard let value else { return nil }
        guard case .string(let id) = value, id.utf8.count <= Limits.tokenNameBytesMax else {
            throw .malformed
        }
        return id
    }

    /// `JWT`, or `at+jwt` of a token for access (RFC 9068, section 2.1); none is said often.
    private static func checkType(_ value: JSONValue?) throws(TokenFault) {
        guard let value else { return }
        guard case .string(let text) = value else { throw .malformed }
        let name = text.lowercased()
        let types = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]
        guard types.contains(name) else { throw .type }
    }
}

// A token is a credential.
extension CompactToken: CustomStringConvertible, CustomReflectable {
    var description: String { "(token by \(algorithm.rawValue))" }
    var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
