import Core

extension StoredActivation {
    /// `{"at","event_seq"?,"ruleset","how"?,"user","uid"?,"message","active","kept"}`
    /// - Parameter isActive: whether it is the newest.
    public func json(isActive: Bool) -> [UInt8] {
        JSONWriter.object { json in
            json.member("at", activation.at)
            if let sequence = activation.eventSequence { json.member("event_seq", sequence) }
            json.member("ruleset", activation.digest)
            json.member("how", ifPresent: activation.how?.rawValue)
            json.member("user", activation.author)
            if let userID = activation.userID { json.member("uid", Int64(userID)) }
            json.member("message", activation.message)
            json.member("active", isActive)
            json.member("kept", isKept)
        }
    }
}
