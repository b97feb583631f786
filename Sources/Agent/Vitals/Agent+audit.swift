import Core
import Store

/// The audit chain, as far as it is the agent's and not the store's: what is configured is linked,
/// and the head is told, so that others hold it (decision 0024).
extension Agent {
    /// Links the configuration where it changed. Where this cannot be stored now, the next start
    /// does it: the agent works either way.
    func linkConfiguration() {
        guard let configuration = settings.configuration else { return }
        let at = max(clock.last, time.now())
        do throws(CommitError) {
            try store.linkConfiguration(configuration, at: at)
        } catch { log.error("the configuration is not in the audit chain: \(error)") }
    }

    /// Tells the newest link where it is another than was told last.
    /// - Parameter isForced: also where it is the same: the link to the broker is new.
    func tellAuditHead(isForced: Bool = false) {
        let head = store.auditHead
        guard isForced || head.seq != vitals.auditSeqTold else { return }
        let published = PublishedHead(head, signedBy: settings.auditKey)
        vitals.auditSeqTold = head.seq
        send(Publication(topic: vitals.topics.auditHead, payload: published.json, retain: true))
    }
}
