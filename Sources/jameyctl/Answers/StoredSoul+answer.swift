import Core
import Store

extension StoredSoul {
    /// As the daemon tells it, settled at the moment when it was asked; nil of anything else.
    init?(_ json: JSONValue) {
        guard let entity = json["entity"]?.string, let at = json["changed_at"]?.time,
            let pro = json["evidence_for"]?.amount, let contra = json["evidence_against"]?.amount,
            let changes = json["changes"]?.int, let sequence = json["event_seq"]?.int
        else { return nil }
        var soul = Soul(at: at)
        (soul.pro, soul.contra, soul.changes) = (pro, contra, changes)
        self.init(entity: entity, soul: soul, eventSequence: sequence)
    }

    /// - Throws: where it is something else than a soul.
    static func answered(_ piece: JSONPiece) throws(Ending) -> StoredSoul {
        guard let soul = piece.value.flatMap({ StoredSoul($0) }) else {
            throw DaemonAnswer.foreign
        }
        return soul
    }
}

extension JSONValue {
    /// Of a number of pieces of evidence; nil of anything else, and of what cannot be.
    var amount: Int64? {
        let most = Soul.pieces(2 * Limits.soulEvidenceMax)
        guard let pieces = double, (0...most).contains(pieces) else { return nil }
        return Soul.amount(pieces)
    }
}
