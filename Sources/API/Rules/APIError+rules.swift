import Core
import HTTPTypes
import Mind

extension APIError {
    /// Every error of rule files, as `jameyctl rules check --json` tells them.
    init(_ error: RuleSetErrors) {
        let count = error.errors.count
        self.init(
            .unprocessableContent, code: "RULES_REFUSED",
            message: "the rules are not good: \(count) error\(count == 1 ? "" : "s")",
            extra: [("errors", error.json)])
    }

    /// The author knew other rules than those in force.
    static func rulesChanged(_ inForce: String) -> APIError {
        APIError(
            .preconditionFailed, code: "PRECONDITION_FAILED",
            message: "other rules are in force by now: read them again",
            headers: [.eTag: "\"\(inForce)\""])
    }

    /// The directory has what somebody has decided against.
    static func rulesHeld(by how: RuleActivation.How) -> APIError {
        APIError(
            .conflict, code: "RULES_HELD",
            message: "a \(how.rawValue) is in force, and the directory has other rules, which "
                + "would take effect with this file: reload the directory with 'force' first, or "
                + "send force=true to have them do so")
    }

    /// The directory has what the author cannot have seen.
    static let filesChanged = APIError(
        .conflict, code: "FILES_CHANGED",
        message: "the directory has other files than those in force: ask for POST /reload and read "
            + "the rules again, or send force=true to have all of it take effect with this file")

    /// The same where it would be refused as it is, so that a reload does not help.
    static let filesWrong = APIError(
        .conflict, code: "FILES_CHANGED",
        message: "the directory has other files than those in force, and they are wrong: send "
            + "force=true with the change that mends them")

    /// Its author has given it up by now, and may have done something else.
    static let reloadTooLate = APIError.unavailable(
        "the reload has waited and compiled for more than "
            + "\(Limits.reloadTimeMax.components.seconds) s, and was not done: try again")

    static func noRuleFile(_ name: String) -> APIError {
        .notFound("there is no rule file '\(name.prefix(200))'")
    }

    init(_ error: RuleFolderError, directory: String) {
        switch error {
        case .readOnly:
            self.init(
                .conflict, code: "READ_ONLY",
                message: "the agent may not write to \(directory): give the directory to its "
                    + "account and, under systemd, add ReadWritePaths=\(directory) (systemctl "
                    + "edit jameyd), or change the file there and ask for POST /reload")
        case .missing:
            self.init(
                .conflict, code: "CONFLICT",
                message: "the rule directory \(directory) does not exist: make it, for the "
                    + "agent's account to write to")
        case .isLink(let name):
            self.init(
                .conflict, code: "READ_ONLY",
                message: "'\(name)' in \(directory) is a link or no file: change what it leads "
                    + "to, and ask for POST /reload")
        case .changed(let name):
            self.init(
                .conflict, code: "FILES_CHANGED",
                message: "'\(name)' was changed by hand meanwhile, and is as it was saved there: "
                    + "ask for POST /reload and read the rules again")
        case .failed(let reason):
            self.init(
                .serviceUnavailable, code: "NOT_STORED",
                message: "the rule file could not be written or read; nothing has changed",
                details: reason, headers: [.retryAfter: "1"])
        }
    }
}

extension RuleSetErrors {
    /// A list.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 1 << 10)
        writer.array { list in
            for error in errors { list.object { error.write(to: &$0) } }
        }
        return writer.bytes
    }
}
