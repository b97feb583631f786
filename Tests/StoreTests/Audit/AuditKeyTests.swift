import Core
import Testing

@testable import Store

@Suite("Signed heads")
struct AuditKeyTests {
    /// RFC 8410, section 10.3, with a key of 32 known bytes.
    private static let seed = [UInt8](0..<32)
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
        -----END PRIVATE KEY-----
        """
    private static let publicPEM = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
        -----END PUBLIC KEY-----
        """

    private static let head = AuditHead(
        seq: 7, hash: [UInt8](repeating: 9, count: 32), at: Timestamp(microseconds: 1_000_000))

    @Test("a head that was signed is known by the public key, raw or PEM, and nothing else is")
    func signed() throws {
        for bytes in [Self.seed, Array(Self.pem.utf8)] {
            let key = try #require(AuditSigningKey(bytes))
            let published = PublishedHead(Self.head, signedBy: key)
            let read = try #require(PublishedHead(json: published.json))
            #expect(read == published)
            let publicKey = try #require(AuditPublicKey(Array(Self.publicPEM.utf8)))
            #expect(read.isSigned(by: publicKey) && read.keyID == publicKey.id)
            var changed = read
            changed.seq += 1
            #expect(!changed.isSigned(by: publicKey))
            changed = read
            changed.hash[0] ^= 1
            #expect(!changed.isSigned(by: publicKey))
            changed = read
            changed.timestamp = "1970-01-01T00:00:02.000Z"
            #expect(!changed.isSigned(by: publicKey))
            changed = read
            changed.signature = nil
            #expect(!changed.isSigned(by: publicKey))
        }
    }

    @Test("what is no key is refused, and a key is never printed")
    func refused() throws {
        let texts = [
            "", "short", String(Self.pem.dropLast(30)), Self.publicPEM,
            Self.pem.replacing("MC4C", with: "MC4D"),
        ]
        for text in texts { #expect(AuditSigningKey(Array(text.utf8)) == nil, "\(text)") }
        #expect(AuditPublicKey(Array(Self.pem.utf8)) == nil)
        let key = try #require(AuditSigningKey(Self.seed))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "(secret)" && !dumped.contains("Curve"))
    }

    @Test("what is no head is refused, and one without a signature is read")
    func heads() throws {
        let published = PublishedHead(Self.head)
        #expect(PublishedHead(json: published.json) == published)
        #expect(
            String(decoding: published.json, as: UTF8.self)
                == #"{"seq":7,"hash":""# + String(repeating: "09", count: 32)
                + #"","timestamp":"1970-01-01T00:00:01.000Z"}"#)
        for text in ["", "[]", "{}", #"{"seq":1,"hash":"00"}"#, #"{"seq":1,"hash":"zz"}"#] {
            #expect(PublishedHead(json: Array(text.utf8)) == nil)
        }
    }
}
