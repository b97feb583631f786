import Core

extension Decision {
    /// As the daemon tells it, which is as it is stored; nil of anything else.
    init?(_ piece: JSONPiece) {
        guard let json = piece.value, let id = json["decision_id"]?.string,
            let route = json["route"]?.string, let entity = json["entity"]?.string,
            let sequence = json["event_seq"]?.int
        else { return nil }
        // Only a verdict approves or denies.
        let isApproved = json["approved"]?.bool
        let isFiring = json["state"]?.string.map { $0 == "firing" }
        guard let isPositive = isApproved ?? isFiring,
            let at = json[isApproved == nil ? "since" : "timestamp"]?.time
        else { return nil }
        self.init(
            id: id, kind: isApproved == nil ? .alert : .verdict, at: at, eventSequence: sequence,
            route: route, entity: entity, isPositive: isPositive, json: piece.line)
    }
}
