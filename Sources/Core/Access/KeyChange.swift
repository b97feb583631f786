/// What is done to API keys.
public enum KeyChange: Equatable, Sendable {
    /// A new one.
    case create(StoredKey)
    /// Another secret, by its SHA-256. The one before is good until then; with nil, or a time that
    /// is past, no longer.
    case rotate(id: String, hash: [UInt8], previousUntil: Timestamp?)
    /// It is good for nothing from now on, and never again.
    case revoke(id: String, at: Timestamp)
    /// When keys were used last, by id: bookkeeping, and no change that is audited.
    case used([String: Timestamp])
}

// A hash stays out of logs, crash reports and `dump` alike.
extension KeyChange: CustomStringConvertible, CustomReflectable {
    public var description: String {
        switch self {
        case .create(let key): "create \(key)"
        case .rotate(let id, _, _): "rotate key \(id)"
        case .revoke(let id, _): "revoke key \(id)"
        case .used(let times): "\(times.count) keys used"
        }
    }

    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .enum) }
}
