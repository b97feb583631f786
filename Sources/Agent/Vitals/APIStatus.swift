/// What has become of the HTTP API, as health tells it.
public enum APIStatus: Equatable, Sendable {
    /// It is not configured.
    case disabled
    /// Where it answers, as `127.0.0.1:8642` and `unix:/run/jamey/jamey.sock`.
    case listening([String])
    /// Why it does not.
    case failed(String)

    /// nil where nobody wants it.
    var isWell: Bool? {
        switch self {
        case .disabled: nil
        case .listening: true
        case .failed: false
        }
    }
}
