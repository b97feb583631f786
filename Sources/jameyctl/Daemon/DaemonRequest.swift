import Core

/// The parameters of a query; those that are nil are left out.
typealias DaemonQuery = [(name: String, value: String?)]

/// What the daemon is asked.
struct DaemonRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    var method: Method
    var path: DaemonPath
    var query: DaemonQuery
    /// Header fields beside those that every request has.
    var fields: [(name: String, value: String)] = []
    /// nil: none.
    var body: [UInt8]?
    /// Of the body.
    var type = "application/json"
    /// How long the whole answer may take.
    var patience = Limits.daemonAnswerTimeMax
    /// Of the answer's body.
    var answerBytesMax = Limits.daemonAnswerBytesMax

    /// Whether it is carried out though a signal has come, where that takes no longer than
    /// `Limits.daemonSignalTimeMax`: what begins or ends something there.
    var outlastsSignals = false

    init(
        _ method: Method, _ path: DaemonPath, query: DaemonQuery = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    /// Whether something may be another when it is answered.
    var changes: Bool { method != .get }

    /// The path with the query.
    var target: String {
        let pairs = query.compactMap { parameter in
            parameter.value.map {
                PercentEncoding.encode(parameter.name) + "=" + PercentEncoding.encode($0)
            }
        }
        return pairs.isEmpty ? path.text : path.text + "?" + pairs.joined(separator: "&")
    }
}
