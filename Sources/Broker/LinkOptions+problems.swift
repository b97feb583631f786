import CMosquitto
import Core
import Glibc

extension LinkOptions {
    /// Everything that would keep a link from being set up, each as a sentence for the operator.
    ///
    /// Reads no file but asks whether those of TLS are readable. Empty: `connect` can be tried.
    public func problems() -> [String] {
        identityProblems() + numberProblems() + (tls?.problems() ?? []) + willProblems()
    }

    private func identityProblems() -> [String] {
        var found: [String] = []
        if host.isEmpty || host.utf8.contains(0) { found.append("the broker's host is empty") }
        if !Self.isSendable(clientID) || clientID.isEmpty {
            found.append("the client identifier is empty, too long or holds a control character")
        }
        if let username, !Self.isSendable(username) {
            found.append("the username is too long or holds a control character")
        }
        if let password {
            // libmosquitto takes both as C strings.
            if password.contains(0) { found.append("the password holds a zero byte") }
            if password.count > 65_535 { found.append("the password is longer than 65,535 bytes") }
            if username == nil { found.append("a password needs a username") }
        }
        return found
    }

    private func numberProblems() -> [String] {
        var found: [String] = []
        if !(1...65_535).contains(port) { found.append("port \(port) is outside of 1 to 65535") }
        if !(5...65_535).contains(keepAlive.components.seconds) {
            found.append("the keep-alive is outside of 5 s to 65535 s")
        }
        if sessionExpiry < .zero { found.append("the session expiry is negative") }
        if receiveMaximum == 0 { found.append("the receive maximum is 0") }
        if !(1...Int(UInt32.max)).contains(maximumPacketBytes) {
            found.append("the maximum packet size is outside of 1 to \(UInt32.max) bytes")
        }
        return found
    }

    private func willProblems() -> [String] {
        guard let will else { return [] }
        var found: [String] = []
        if !Self.isSendable(will.topic) || mosquitto_pub_topic_check(will.topic) != 0 {
            found.append("the will's topic cannot be published to")
        }
        if will.payload.count > 65_535 { found.append("the will is longer than 65,535 bytes") }
        return found
    }

    /// Whether a text may stand in an MQTT packet (MQTT 5.0, section 1.5.4).
    static func isSendable(_ text: String) -> Bool {
        guard text.utf8.count <= Limits.topicBytesMax else { return false }
        var text = text
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return true }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                mosquitto_validate_utf8($0, Int32(bytes.count)) == 0
            }
        }
    }

    /// The keep-alive as libmosquitto takes it; `problems` has the range.
    var keepAliveSeconds: Int32 {
        Int32(clamping: min(max(keepAlive.components.seconds, 5), 65_535))
    }

    /// Of the connection that is shown this password; MQTT 3.1.1 has no delay.
    var willDelay: Duration {
        guard version == .v5, let password, TokenTimes(password: password) != nil else {
            return .zero
        }
        return tokenWillDelay
    }

    /// As MQTT 5 writes it; all ones means for ever, so the longest below that is the bound.
    var sessionExpirySeconds: UInt32 {
        UInt32(clamping: min(sessionExpiry.components.seconds, Int64(UInt32.max) - 1))
    }
}

extension TLSOptions {
    func problems() -> [String] {
        var found: [String] = []
        if (certificateFile == nil) != (keyFile == nil) {
            found.append("TLS needs both a client certificate and its key, or neither")
        }
        for file in [caFile, certificateFile, keyFile].compactMap({ $0 })
        where access(file, R_OK) != 0 {
            found.append("cannot read \(file): \(String(cString: strerror(errno)))")
        }
        return found
    }
}
