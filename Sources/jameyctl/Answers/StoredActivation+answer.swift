import Core

extension StoredActivation {
    /// As the daemon tells it; nil of anything else.
    init?(_ json: JSONValue) {
        guard let at = json["at"]?.time, let digest = json["ruleset"]?.string,
            let isKept = json["kept"]?.bool
        else { return nil }
        let activation = RuleActivation(
            eventSequence: json["event_seq"]?.int, at: at, digest: digest,
            how: json["how"]?.string.flatMap { RuleActivation.How(rawValue: $0) },
            author: json["user"]?.string ?? "",
            userID: json["uid"]?.int.flatMap { UInt32(exactly: $0) },
            message: json["message"]?.string ?? "")
        self.init(activation, isKept: isKept)
    }
}
