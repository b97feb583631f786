import Core
import Crypto

/// Which credentials are in use, for the audit chain, which keeps a mark of each that does not give
/// it away (decision 0024).
public struct AuditCredentials: Sendable {
    /// A file of certificates or with a private key. Nobody can guess what is in one of the latter,
    /// so the mark of either is its SHA-256.
    public struct File: Sendable {
        fileprivate let name: String
        fileprivate let mark: String

        /// - Parameters:
        ///   - name: what it is for: the member of the record.
        ///   - content: nil where it cannot be read.
        public init(name: String, content: [UInt8]?) {
            self.name = name
            let digest = content.map { Hexadecimal.text(of: AuditEncoding.digest(of: $0)) }
            mark = digest.map { "sha256:" + $0 } ?? "unread"
        }
    }

    private let password: [UInt8]?
    private let files: [File]
    private let signingKey: AuditSigningKey?

    /// - Parameters:
    ///   - password: what the broker is shown.
    ///   - files: in the order of the record.
    ///   - signingKey: what heads are signed with; marked by its `key_id`.
    public init(
        password: [UInt8]? = nil, files: [File] = [], signingKey: AuditSigningKey? = nil
    ) {
        self.password = password
        self.files = files
        self.signingKey = signingKey
    }

    private var isEmpty: Bool { password == nil && files.isEmpty && signingKey == nil }

    /// What the link keeps: one JSON object.
    /// - Parameters:
    ///   - last: what the last link of the kind keeps; nil where there is none.
    ///   - isPasswordNew: the password is another one, whatever its mark.
    /// - Returns: nil where nothing changed.
    func record(after last: String?, at: Timestamp, isPasswordNew: Bool) -> String? {
        if last == nil, isEmpty { return nil }
        let body = last.flatMap { try? JSONScanner.scan(Array($0.utf8)) }
        let before = isPasswordNew ? nil : body?["password"]
        let bytes = JSONWriter.object { json in
            if let password {
                json.object("password") { write(password, after: before, at: at, to: &$0) }
            }
            for file in files { json.member(file.name, file.mark) }
            json.member("sign_key", ifPresent: signingKey?.publicKey.id)
        }
        let record = String(decoding: bytes, as: UTF8.self)
        if let last, last.hasSameBytes(as: record) { return nil }
        return record
    }

    // MARK: Passwords

    /// Before a password in whatever is made of it here.
    static let passwordLabel = Array("jamey audit password v1\n".utf8)

    /// A password can be guessed, and whoever has the store could try guesses on a digest of it.
    /// With a signing key, which is not in the store, the mark is keyed. Without, it is one byte,
    /// which proves no guess, and since when that password is in use.
    private func write(
        _ password: [UInt8], after before: JSONValue?, at: Timestamp, to json: inout JSONWriter
    ) {
        if let signingKey {
            json.member("hmac", Hexadecimal.text(of: signingKey.mark(of: password)))
            return
        }
        // The same byte in every store: with a salt, each would tell another byte of the same one.
        let digest = AuditEncoding.digest(of: Self.passwordLabel + password)
        let check = Hexadecimal.text(of: digest.prefix(1))
        let since = before?["check"]?.string == check ? before?["since"]?.string : nil
        json.member("check", check)
        json.member("since", since ?? at.rfc3339(.microseconds))
    }
}

// A secret stays out of logs, crash reports and `dump` alike.
extension AuditCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
