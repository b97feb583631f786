import Core
import Glibc
import Store

/// Has everything about an entity forgotten, and waits until it is: by the agent where it runs,
/// else at its store (decision 0020).
struct EntityForgetting {
    /// The agent's store.
    let store: String
    let entity: String

    /// What it has come to.
    struct Done: Equatable {
        var job: Forgetting
        /// One that it waits for, as it began before.
        var earlier: Forgetting?
        /// The file has no free space in which a copy could be left: it was done at rest.
        var isWrittenAnew = false
    }

    /// - Returns: the forgetting when it is done, or waits for the broker.
    func carryOut() throws(Ending) -> Done {
        let request = ControlRequest.forgetEntity(entity, author: Author.name)
        if let answer = try Control(store: store).askAgent(request) {
            let event = try Self.event(of: answer)
            return try wait(for: event)
        }
        let event = try Self.event(of: try StoreAtRest(path: store).carryOut(request))
        // What it has not done, an agent does that is started meanwhile, and writes nothing anew.
        let isDone = try look(for: event).job.isDone
        var done = try wait(for: event)
        done.isWrittenAnew = isDone
        return done
    }

    private static func event(of answer: ControlAnswer) throws(Ending) -> EventSequence {
        guard let event = answer.forgetting else {
            throw .failure(Exit.io, "the agent names no event")
        }
        return event
    }

    private func wait(for event: EventSequence) throws(Ending) -> Done {
        try Self.wait(
            every: Limits.forgetLookInterval, until: { $0.job.isDone },
            look: { () throws(Ending) in try look(for: event) })
    }

    /// Looks on until it is done, or nothing more happens, also to one that it waits for.
    /// - Returns: what was seen last.
    static func wait<Seen: Equatable>(
        every interval: Duration, until isDone: (Seen) -> Bool,
        look: () throws(Ending) -> Seen
    ) throws(Ending) -> Seen {
        let time = SystemTime()
        var last = try look()
        var since = time.monotonic()
        while !isDone(last), time.monotonic() - since < Limits.forgetPatience {
            // Nobody wakes us, and the agent must not be kept from its work.
            poll(nil, 0, Int32(interval.microseconds / 1_000))
            if Interruption.hasCome { throw .quiet }
            let now = try look()
            if now != last { since = time.monotonic() }
            last = now
        }
        return last
    }

    private func look(for event: EventSequence) throws(Ending) -> Done {
        do throws(ReadError) {
            // A reader of its own each time: none holds the write-ahead log back.
            let reader = try StoreReader(path: store)
            if let job = try reader.forgetting(of: event) {
                return Done(job: job, earlier: try reader.forgetting(before: job))
            }
        } catch { throw Ending(error) }
        throw .failure(Exit.io, "the store does not know the forgetting of event \(event)")
    }
}
