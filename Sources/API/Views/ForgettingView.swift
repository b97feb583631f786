import Core
import Store

/// How far a forgetting is, as it is answered: without the name, which the store has to the end.
struct ForgettingView: Sendable {
    private let event: EventSequence
    private var phase = Forgetting.Phase.checkpoints
    private var step = 0
    private var place: Int64 = 0
    /// By table, the rows that were erased.
    private var erased: [String: Int] = [:]
    /// Whether one that began earlier is under way.
    private var isBehind = false
    /// What a search of the files came to, where one was asked for.
    var search: EntitySearch?

    /// One that has just begun.
    init(begunBy event: EventSequence) { self.event = event }

    /// - Parameter current: the event of the one that is under way.
    init(_ job: Forgetting, current: EventSequence?) {
        event = job.sequence
        (phase, step, place) = (job.phase, job.step, job.place)
        erased = job.counts
        isBehind = !job.isDone && current.map { $0 < job.sequence } ?? false
    }

    /// What it cannot go on without.
    private var waitsFor: String? {
        if isBehind { return "earlier" }
        switch phase {
        case .outbox: return "broker"
        case .log: return "reader"
        case .checkpoints, .events, .emptying, .deleting, .rollUps, .index, .topics, .space, .done:
            return nil
        }
    }

    var json: [UInt8] {
        let state = phase == .done ? "done" : waitsFor == nil ? "running" : "waiting"
        return JSONWriter.object { json in
            json.member("event_seq", event)
            json.member("state", state)
            json.member("waits_for", ifPresent: waitsFor)
            json.member("phase", "\(phase)")
            json.member("step", step)
            json.member("place", place)
            json.object("erased") { json in
                for (table, rows) in erased.sorted(by: { $0.key < $1.key }) {
                    json.member(table, rows)
                }
            }
            guard let search else { return }
            json.object("search") { json in
                json.member("found", search.hits)
                json.object("mentions") { json in
                    for (table, rows) in search.mentions { json.member(table, rows) }
                }
                json.member("files", search.files)
                json.member("bytes", search.bytesRead)
            }
        }
    }
}
