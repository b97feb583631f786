import Core

/// Long work that somebody has asked for, as it is told.
struct Job: Sendable {
    enum State: String, Sendable {
        case running, done, failed
        /// Somebody wanted it no longer.
        case ended
    }

    let id: String
    let order: JobOrder
    let author: String
    let startedAt: Timestamp
    var state = State.running
    var endedAt: Timestamp?
    /// How far it is, of how much; 0 of 0 until it was looked what there is to do.
    var progress: (done: Int64, total: Int64) = (0, 0)
    /// As `jameyctl` tells it with `--json`; empty where there is none.
    var report: [UInt8] = []
    /// The newest forgetting of an entity that the report knows of; 0 where there was none.
    var forgetting: EventSequence = 0
    /// Why there is none.
    var error: RequestError?

    init(id: String, order: JobOrder, author: String, startedAt: Timestamp) {
        self.id = id
        self.order = order
        self.author = author
        self.startedAt = startedAt
    }

    /// All but the report, which comes last where there is one.
    func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("state", state.rawValue)
        json.member("author", author)
        order.write(to: &json)
        json.member("started_at", startedAt)
        if let endedAt { json.member("ended_at", endedAt) }
        json.object("progress") {
            $0.member(order.kind.unit, progress.done)
            $0.member("of", progress.total)
        }
        if let error { json.member("error", raw: error.json) }
    }
}
