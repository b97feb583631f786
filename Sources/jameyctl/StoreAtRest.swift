import Core
import Glibc
import Store

/// Carries a control request out while no agent runs, as the agent would: one event and what
/// follows from it, in one transaction, under the lock that keeps a second writer out.
struct StoreAtRest {
    let path: String

    func carryOut(_ request: ControlRequest) throws(Ending) -> ControlAnswer {
        try becomeOwner()
        let writer: StoreWriter
        do throws(OpenError) {
            writer = try StoreWriter(path: path)
        } catch { throw Ending(error, path) }
        if case .forgetEntity(let entity, let author) = request {
            return try forget(entity, author: author, writer)
        }
        return try carryOut(request, writer)
    }

    /// A request as the next event of the log.
    func event(_ request: ControlRequest, behind last: LogPosition?) -> Event {
        let now = SystemTime().now()
        return Event(
            sequence: (last?.sequence ?? 0) + 1, at: max(last?.at ?? now, now),
            body: .control(request))
    }

    private func carryOut(
        _ request: ControlRequest, _ writer: StoreWriter
    ) throws(Ending) -> ControlAnswer {
        let event = self.event(request, behind: writer.lastEvent)
        var outcome = Outcome(of: request, by: event)
        if case .soul(let asked) = request {
            do throws(ReadError) {
                let change = asked.change(
                    try writer.soul(of: asked.entity), by: event,
                    halfLife: try writer.soulHalfLife())
                outcome.souls = [change].compactMap { $0 }
            } catch { throw Ending(error) }
        }
        let memory = outcome.memories.isEmpty ? nil : writer.nextMemoryID
        do throws(CommitError) {
            let committed = try writer.commit(Batch(event, outcome), synced: true)
            try writer.close()
            return ControlAnswer(
                changed: committed.changed.reduce(0, +) + outcome.memories.count
                    + committed.souls,
                memory: memory)
        } catch { throw .failure(Exit.io, "\(path): \(error)") }
    }

    /// Root must leave no file behind that the agent cannot open.
    private func becomeOwner() throws(Ending) {
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0, status.st_uid != 0 else { return }
        guard setegid(status.st_gid) == 0, seteuid(status.st_uid) == 0 else {
            throw .failure(Exit.permission, "cannot become the owner of \(path)")
        }
    }
}

extension Ending {
    fileprivate init(_ error: OpenError, _ path: String) {
        switch error {
        case .inUse:
            self = .failure(
                Exit.tryAgain, "another program has \(path), and listens to nobody: try again")
        case _: self = .failure(Exit.io, "\(path): \(error)")
        }
    }
}
