import Agent
import Core
import Glibc

/// A file with keys that tokens are verified with, and as of when it is known.
struct TokenKeyFile: Sendable {
    let path: String
    private let content: Content
    /// As the file was when it was read last; nil before that, and of one that is not there.
    private(set) var stamp: FileStamp?
    /// Of the last content that was good.
    private(set) var keys: [TokenKey] = []
    /// Why these are not what it holds now; nil where they are.
    private(set) var fault: String?

    private enum Content: Sendable {
        case key(TokenKey.Algorithm, id: String?)
        case set
    }

    init(_ key: APISettings.JWT.Key) {
        path = key.file
        content = .key(key.algorithm, id: key.id)
    }

    init(set path: String) {
        self.path = path
        content = .set
    }

    /// With what the file holds now.
    ///
    /// - Parameter stamp: taken before, so that a change while it is read is seen the next time.
    /// - Throws: every case of `TokenKeyError`; the keys before stay.
    mutating func read(as stamp: FileStamp?) async throws(TokenKeyError) {
        self.stamp = stamp
        do throws(TokenKeyError) {
            keys = try await readKeys()
            fault = nil
        } catch {
            fault =
                keys.isEmpty
                ? "no token is verified with \(path): it \(error.reason)"
                : "the keys for tokens stay as they were: \(path) \(error.reason)"
            throw error
        }
    }

    private func readKeys() async throws(TokenKeyError) -> [TokenKey] {
        switch content {
        case .key(let algorithm, let id): return [try await readKey(algorithm, id)]
        case .set:
            let (bytes, isPrivate) = try readBytes()
            return try await JSONWebKeySet.keys(of: bytes, isPrivate: isPrivate)
        }
    }

    private func readKey(
        _ algorithm: TokenKey.Algorithm, _ id: String?
    ) async throws(TokenKeyError) -> TokenKey {
        if algorithm == .hs256 {
            return try await TokenKey.make(secret: try readSecret(), id: id)
        }
        let (bytes, _) = try readBytes()
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.contains("PRIVATE KEY") else {
            throw .useless("holds a private key: the agent needs the public one only")
        }
        return try await TokenKey.make(algorithm, id: id, of: text)
    }

    private func readSecret() throws(TokenKeyError) -> [UInt8] {
        do throws(CredentialError) {
            return try Credential.read(path).bytes
        } catch {
            switch error {
            case .unreadable(_, let reason): throw .unreadable(reason)
            case .noCredentialsDirectory: throw .unreadable("\(error)")
            }
        }
    }

    private func readBytes() throws(TokenKeyError) -> ([UInt8], isPrivate: Bool) {
        var isPrivate = false
        do throws(TextFileError) {
            let bound = Limits.tokenKeyFileBytesMax
            let bytes = try TextFile.readBytes(path, bytesMax: bound) { status in
                isPrivate = status.st_mode & 0o007 == 0
                // Whoever writes a key into it is whoever they like.
                let isOpen = status.st_mode & 0o002 != 0
                return isOpen ? "can be written by every user: chmod o-w \(path)" : nil
            }
            return (bytes, isPrivate)
        } catch { throw .unreadable(error.description) }
    }
}
