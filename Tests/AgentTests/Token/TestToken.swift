import Core
import Synchronization

@testable import Agent

/// A token with the times that a test wants; nobody looks at its signature.
enum TestToken {
    static func text(
        expiry: Timestamp, issued: Timestamp? = nil, start: Timestamp? = nil,
        signature: String = "signed"
    ) -> String {
        let times: [(String, Timestamp?)] = [("exp", expiry), ("iat", issued), ("nbf", start)]
        let claims = times.compactMap { name, time in
            time.map { "\"\(name)\":\($0.microseconds / 1_000_000)" }
        }
        let parts = [#"{"alg":"HS256"}"#, "{\(claims.joined(separator: ","))}", signature]
        return parts.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    }
}

/// A password in a file that a test replaces.
final class SimPassword: PasswordSource {
    private struct File {
        var text: String
        var number: UInt64 = 0
        var fault: CredentialError?
        /// What is written once it was read.
        var next: String?
        var reads = 0

        mutating func write(_ text: String) {
            self.text = text
            number += 1
            fault = nil
        }
    }

    let remedy = "put a new one into token"
    private let file: Mutex<File>

    init(_ text: String) { file = Mutex(File(text: text)) }

    var text: String { file.withLock { $0.text } }
    var reads: Int { file.withLock { $0.reads } }

    func write(_ text: String) { file.withLock { $0.write(text) } }

    /// What is there is read by whoever reads next, and is another right after.
    func write(_ text: String, onceRead next: String) {
        file.withLock { file in
            file.write(text)
            file.next = next
        }
    }

    func fail(_ reason: String) {
        file.withLock { file in
            file.number += 1
            file.fault = .unreadable(path: "token", reason: reason)
        }
    }

    func stamp() -> FileStamp? { FileStamp(number: file.withLock { $0.number }) }

    func read() throws(CredentialError) -> Credential {
        let (text, fault) = file.withLock { file in
            file.reads += 1
            defer {
                if let next = file.next { file.write(next) }
                file.next = nil
            }
            return (file.text, file.fault)
        }
        if let fault { throw fault }
        return Credential(bytes: Array(text.utf8))
    }
}
