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
    private var cause: Forgetting.Cause?
    /// One that began before, and is under way.
    private var earlier: Forgetting?
    /// What a search of the files came to, where one was asked for.
    var search: EntitySearch?

    /// One that has just begun.
    init(begunBy event: EventSequence) { self.event = event }

    /// - Parameter earlier: the one that it waits for.
    init(_ job: Forgetting, behind earlier: Forgetting?) {
        event = job.sequence
        (phase, step, place) = (job.phase, job.step, job.place)
        (erased, self.earlier) = (job.counts, earlier)
        cause = earlier == nil ? job.cause : .earlier
    }

    var json: [UInt8] {
        let state = phase == .done ? "done" : cause == nil ? "running" : "waiting"
        return JSONWriter.object { json in
            json.member("event_seq", event)
            json.member("state", state)
            json.member("waits_for", ifPresent: cause?.rawValue)
            // Where that goes on, whoever waits for this one sees it.
            if let earlier {
                json.object("earlier") { json in
                    json.member("event_seq", earlier.sequence)
                    json.member("waits_for", ifPresent: earlier.cause?.rawValue)
                    json.member("phase", "\(earlier.phase)")
                    json.member("step", earlier.step)
                    json.member("place", earlier.place)
                }
            }
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
