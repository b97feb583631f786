import Core
import Store

extension AuditLink {
    /// As the daemon tells it; nil of anything else.
    init?(_ piece: JSONPiece) {
        guard let json = piece.value, let seq = json["seq"]?.int,
            let at = json["timestamp"]?.time, let reference = json["ref"]?.int,
            let kind = Kind.allCases.first(where: { $0.name == json["kind"]?.string }),
            let digest = json["digest"]?.string.flatMap(Hexadecimal.bytes),
            let hash = json["hash"]?.string.flatMap(Hexadecimal.bytes)
        else { return nil }
        // One that is no JSON is told as a text.
        let record = piece["record"].map { record in
            record.string ?? String(decoding: record.line, as: UTF8.self)
        }
        self.init(
            seq: seq, at: at, kind: kind, reference: reference, digest: digest, hash: hash,
            record: record)
    }
}
