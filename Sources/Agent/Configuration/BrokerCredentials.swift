import Broker
import Core
import Store

/// What the agent shows the broker to be let in; never printed.
public struct BrokerCredentials: Sendable {
    /// As it was read last.
    public var password: [UInt8]?
    /// Names the files, which each connection reads anew.
    public var tls: TLSOptions?

    public init(password: [UInt8]? = nil, tls: TLSOptions? = nil) {
        self.password = password
        self.tls = tls
    }

    /// As the audit chain marks them; reads the files as they are now.
    func audited(signingKey: AuditSigningKey?) -> AuditCredentials {
        let paths = [
            ("ca", tls?.caFile), ("certificate", tls?.certificateFile), ("key", tls?.keyFile),
        ]
        let files = paths.compactMap { name, path in
            path.map { AuditCredentials.File(name: name, content: Self.content(of: $0)) }
        }
        return AuditCredentials(password: password, files: files, signingKey: signingKey)
    }

    /// nil where it cannot be read: what that means for the link the link says.
    private static func content(of path: String) -> [UInt8]? {
        try? TextFile.readBytes(path, bytesMax: Limits.auditCredentialBytesMax) { _ in nil }
    }
}

extension BrokerCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
