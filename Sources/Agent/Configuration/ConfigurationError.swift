import Mind

/// Why there is no configuration: tell the operator and exit with 78 (EX_CONFIG).
public enum ConfigurationError: Error, Equatable, Sendable {
    /// The file cannot be read: correct the path or its permissions.
    case unreadable(path: String, reason: String)
    /// Everything wrong in it, by place; at least one error.
    case invalid([SourceError])
}

extension ConfigurationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): error: \(reason)"
        case .invalid(let errors): errors.map(\.description).joined(separator: "\n")
        }
    }
}
