import Core
import Store

/// The audit chain, as far as it is the agent's and not the store's: what is configured is linked,
/// with the credentials in use, and the head is told, so that others hold it (decision 0024).
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

    /// Links which credentials are in use where they are others than before: call it when they were
    /// read again, as each connection does with the files of TLS. Where this cannot be stored now,
    /// it is done when the store has failed and works again, or at the next start.
    public func linkCredentials() {
        let used = credentials.audited(signingKey: auditKey)
        // Of a password the chain has a mark that tells less than we know.
        let isNew = linkedCredentials.map { $0.password != credentials.password } ?? false
        let at = max(clock.last, time.now())
        do throws(CommitError) {
            try store.linkCredentials(used, at: at, isPasswordNew: isNew)
            linkedCredentials = credentials
        } catch { log.error("the credentials are not in the audit chain: \(error)") }
    }

    /// Takes another key for the head, which is told at once as that key signs it.
    public func replaceAuditKey(by key: AuditSigningKey?) {
        guard key?.publicKey.id != auditKey?.publicKey.id else { return }
        auditKey = key
        linkCredentials()
        if life.status.state == .up { tellAuditHead(isForced: true) }
    }

    /// Tells the newest link where it is another than was told last.
    /// - Parameter isForced: also where it is the same: the link to the broker is new, or the key.
    func tellAuditHead(isForced: Bool = false) {
        guard isForced || store.auditHead.seq != vitals.auditSeqTold else { return }
        // A store that cannot be written to says so in other places.
        guard let head = try? store.durableAuditHead() else { return }
        let published = PublishedHead(head, signedBy: auditKey)
        let topic = vitals.topics.auditHead
        if send(Publication(topic: topic, payload: published.json, retain: true)) {
            vitals.auditSeqTold = head.seq
        }
    }
}
