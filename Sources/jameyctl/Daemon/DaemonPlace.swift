import Core

/// Where the API answers.
enum DaemonPlace: Equatable, Sendable, CustomStringConvertible {
    /// The agent's local socket, where whoever may open it is an administrator.
    case socket(String)
    case url(DaemonURL)

    var description: String {
        switch self {
        case .socket(let path): path
        case .url(let url): url.text
        }
    }

    /// What stands before the path of every request.
    var prefix: String {
        switch self {
        case .socket(let path): "http+unix://" + PercentEncoding.encode(path)
        case .url(let url): url.text
        }
    }

    var isEncrypted: Bool {
        switch self {
        case .socket: false
        case .url(let url): url.isEncrypted
        }
    }

    /// Whether it is certain that it is on this machine.
    var isHere: Bool {
        switch self {
        case .socket: true
        case .url(let url): url.isLoopback
        }
    }

    /// Whether nobody on the way can read what is sent.
    var keepsSecrets: Bool {
        switch self {
        case .socket: true
        case .url(let url): url.isEncrypted || url.isLoopback
        }
    }
}
