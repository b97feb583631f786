import Core

/// Whether the password is a token that the agent can show: the broker is not asked.
extension BrokerCheck {
    /// Nothing of a password that is no token, and of one that cannot be read: that is told with
    /// the permissions.
    func tokenFindings(at now: Timestamp) -> [Finding] {
        guard let file = outline.file("broker.password_file") else { return [] }
        let path = file.reference.path(credentials: credentials)
        // Room for the line end.
        let read = try? TextFile.readBytes(path, bytesMax: Limits.credentialBytesMax + 2) { _ in
            nil
        }
        guard var password = read else { return [] }
        if password.last == UInt8(ascii: "\n") { password.removeLast() }
        if password.last == UInt8(ascii: "\r") { password.removeLast() }
        guard let times = TokenTimes(password: password) else { return [] }
        return [finding(times, in: path, remedy(for: file.reference), at: now)]
    }

    private func finding(
        _ times: TokenTimes, in path: String, _ remedy: String, at now: Timestamp
    ) -> Finding {
        let check = "broker.token"
        let end = times.expiry.rfc3339()
        switch times.state(at: now, since: now) {
        case .good: return .ok(check, "the token in \(path) is good until \(end)")
        case .expiring: return .warning(check, "the token in \(path) expires at \(end)", do: remedy)
        case .expired:
            return .error(
                check, "the token in \(path) expired at \(end): the agent does not show it",
                do: remedy)
        case .early:
            let start = (times.start ?? .latest).rfc3339()
            return .warning(
                check,
                "the token in \(path) is not good before \(start): the agent waits until then",
                do: "nothing, where it is meant so; else set the clock of this machine")
        }
    }

    private func remedy(for reference: FileReference) -> String {
        switch reference {
        case .path: "put a new one there in one step (mv); the agent finds it by itself"
        case .credential(let name): "renew the credential \(name), and systemctl restart jameyd"
        }
    }
}
