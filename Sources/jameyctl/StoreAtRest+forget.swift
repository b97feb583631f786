import Core
import Glibc
import Mind
import Store

extension StoreAtRest {
    /// Forgets an entity as the agent would, and then writes the file anew, since nobody waits.
    ///
    /// Where publications that name it still wait for the broker, the agent goes on at its next
    /// start.
    func forget(
        _ entity: String, author: String, _ writer: StoreWriter
    ) throws(Ending) -> ControlAnswer {
        let rest = try MindAtRest(writer)
        var mind = try rest.recover()
        let finder = RoutedEntity(entity, settings: rest.settings, routes: rest.routes)
        let author = author.hasSameBytes(as: entity) ? "" : author
        let digest = rest.settings.forgottenDigest(of: entity)
        let event = self.event(
            .forgotten(digest: digest, author: author), behind: writer.lastEvent)
        do throws(CommitError) { try carryOn(writer, mind, rest) } catch { throw failure(error) }
        try requireRoom(writer)
        do throws(CommitError) {
            var batch = Batch(event, mind.perceive(event))
            batch.forget = entity
            _ = try writer.commit(batch, synced: true)
            writer.prepareForgetting(finder)
            if try run(writer, finder, mind) { while try writer.eraseForgotten() {} }
            try writer.close()
        } catch { throw failure(error) }
        return ControlAnswer(changed: 0, forgetting: event.sequence)
    }

    private func failure(_ error: CommitError) -> Ending {
        .failure(Exit.io, "\(path): \(error)")
    }

    /// What waits for the broker waits for an agent, too.
    private func requireRoom(_ writer: StoreWriter) throws(Ending) {
        let pending: Int
        do throws(ReadError) { pending = try writer.forgettingsPending() } catch {
            throw Ending(error)
        }
        guard pending < Limits.forgettingsPendingMax else {
            throw .failure(
                Exit.tryAgain,
                "\(pending) entities are not forgotten yet: start the agent, which goes on with "
                    + "them, and try again")
        }
    }

    /// Those that an agent has begun come first.
    private func carryOn(
        _ writer: StoreWriter, _ mind: Mind, _ rest: MindAtRest
    ) throws(CommitError) {
        while let job = writer.currentForgetting {
            let finder = RoutedEntity(job.entity, settings: rest.settings, routes: rest.routes)
            writer.prepareForgetting(finder)
            guard try run(writer, finder, mind) else { return }
        }
    }

    /// - Returns: false where it waits for what does not come without an agent.
    private func run(
        _ writer: StoreWriter, _ finder: RoutedEntity, _ mind: Mind
    ) throws(CommitError) -> Bool {
        let sequence = writer.currentForgetting?.sequence
        var patience = Limits.forgetReaderTries
        while writer.currentForgetting?.sequence == sequence {
            switch try writer.forgetStep(finder) {
            case .idle: return true
            case .more: while try writer.maintain() {}
            case .waiting(.checkpoint):
                var batch = Batch()
                batch.checkpoint = StoredCheckpoint(
                    sequence: mind.sequence, at: mind.now, bytes: mind.checkpoint())
                _ = try writer.commit(batch, synced: false)
                while writer.isWritingCheckpoint { try writer.maintain() }
            case .waiting(.outbox): return false
            case .waiting(.reader):
                patience -= 1
                guard patience > 0 else { return false }
                poll(nil, 0, Int32(Limits.forgetRetryDelay.microseconds / 1_000))
            }
        }
        return true
    }
}
