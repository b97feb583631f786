import Core

/// By whom, how and why another rule set takes effect.
struct RuleChange {
    var how: RuleActivation.How
    var author: String
    var userID: UInt32?
    var message: String
    /// The digest of the directory's files, where the set is not theirs.
    var directory: String?

    init(
        _ how: RuleActivation.How, author: String, userID: UInt32? = nil, message: String = "",
        directory: String? = nil
    ) {
        self.how = how
        self.author = author
        self.userID = userID
        self.message = message
        self.directory = directory
    }

    func activation(of digest: String, by event: Event) -> RuleActivation {
        RuleActivation(
            eventSequence: event.sequence, at: event.at, digest: digest, how: how, author: author,
            userID: userID, message: message, directory: directory)
    }
}

/// A rule set that is not the directory's, and in force until its files change (decision 0023).
struct RuleHold: Equatable {
    /// The digest of the files at the time.
    var directory: String
    var how: RuleActivation.How

    /// - Returns: nil where the activation holds nothing back.
    init?(_ activation: RuleActivation) {
        guard let directory = activation.directory, let how = activation.how else { return nil }
        self.directory = directory
        self.how = how
    }
}
