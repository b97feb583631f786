import Core
import Mind
import Store

/// Memories get their numbers in the order of the batch, so that the answer to whoever asked for
/// one is part of the same transaction.
extension Agent {
    /// Adds an outcome's memories to a batch that is about to be committed.
    /// - Returns: answers to those who asked for them.
    func number(_ outcome: Outcome, behind batch: Batch) -> [Publication] {
        let first = store.nextMemoryID + MemoryID(batch.memories.count)
        var answered: Set<Int> = []
        let answers = outcome.receipts.map { receipt in
            let memory = outcome.memories[receipt.memory]
            let body = MemoryAnswer.stored(memory, id: first + MemoryID(receipt.memory))
            if receipt.form.topic == mind.settings.updatesTopic { answered.insert(receipt.memory) }
            return receipt.form.publication(body, id: receipt.id, at: memory.at)
        }
        for (index, memory) in outcome.memories.enumerated()
        where settings.memoryUpdates.contains(memory.layer) && !answered.contains(index) {
            guard updates.count < Limits.updatesPerBurst else { break }
            updates.append(
                Publication(
                    topic: mind.settings.updatesTopic,
                    payload: MemoryAnswer.stored(memory, id: first + MemoryID(index)),
                    qos: .atMostOnce))
        }
        return answers
    }

    /// Tells of the memories that were committed, and then on what the shadows differ, to whoever
    /// listens at this moment.
    func tellUpdates() {
        for update in updates { send(update) }
        updates.removeAll(keepingCapacity: true)
        for update in shadow.updates { send(update) }
        shadow.updates.removeAll(keepingCapacity: true)
    }
}
