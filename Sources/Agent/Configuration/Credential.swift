import Core
import Glibc

/// A password, kept out of every printed form.
public struct Credential: Equatable, Sendable {
    /// Without the line end that editors put behind it.
    public let bytes: [UInt8]

    /// Reads a password from its file.
    ///
    /// - Parameter path: A regular file of 1...`Limits.credentialBytesMax` bytes that others than
    ///   its owner and group cannot read.
    /// - Throws: `.unreadable`: correct the path, its permissions or its contents. The broker is
    ///   not tried without the password.
    public static func read(_ path: String) throws(CredentialError) -> Credential {
        var bytes: [UInt8]
        do throws(TextFileError) {
            // Room for the line end.
            let bound = Limits.credentialBytesMax + 2
            bytes = try TextFile.readBytes(path, bytesMax: bound) { status in
                let isOpenToOthers = status.st_mode & 0o007 != 0
                return isOpenToOthers ? "is open to every user: chmod o= \(path)" : nil
            }
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw .unreadable(path: path, reason: "is empty") }
        guard bytes.count <= Limits.credentialBytesMax else {
            throw .unreadable(
                path: path, reason: "is larger than \(Limits.credentialBytesMax) bytes")
        }
        // libmosquitto takes a C string and would send what stands before the zero only.
        guard !bytes.contains(0) else {
            throw .unreadable(path: path, reason: "holds a zero byte")
        }
        return Credential(bytes: bytes)
    }

    /// Reads what the configuration refers to.
    ///
    /// - Parameter directory: `$CREDENTIALS_DIRECTORY`, where systemd set it.
    /// - Throws: `.noCredentialsDirectory`, `.unreadable`.
    public static func read(
        _ reference: FileReference, credentialsDirectory directory: String?
    ) throws(CredentialError) -> Credential {
        try read(reference.path(credentialsDirectory: directory))
    }
}

extension FileReference {
    /// The path to open.
    ///
    /// - Parameter directory: `$CREDENTIALS_DIRECTORY`; nil where systemd handed over none.
    /// - Throws: `.noCredentialsDirectory`: add `LoadCredential=` to the unit, or name a path.
    public func path(credentialsDirectory directory: String?) throws(CredentialError) -> String {
        switch self {
        case .path(let path): return path
        case .credential(let name):
            guard let directory, !directory.isEmpty else {
                throw .noCredentialsDirectory(name: name)
            }
            return self.path(credentials: directory)
        }
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}

/// Why there is no password: tell the operator; the agent goes on with the one it had, or not at
/// all.
public enum CredentialError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `credential:` was written, but systemd handed over none: add `LoadCredential=` to the unit.
    case noCredentialsDirectory(name: String)
    /// Missing, too open, too large or empty: correct the file.
    case unreadable(path: String, reason: String)

    public var description: String {
        switch self {
        case .noCredentialsDirectory(let name):
            "no credential '\(name)': CREDENTIALS_DIRECTORY is not set (add LoadCredential= to "
                + "the unit)"
        case .unreadable(let path, let reason): "\(path) \(reason)"
        }
    }
}
