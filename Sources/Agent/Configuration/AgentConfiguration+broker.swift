import Core
import Mind

extension AgentConfiguration.Broker {
    private static let keys = [
        "host", "port", "protocol", "keep_alive", "session_expiry", "client_id", "username",
        "password_file", "tls",
    ]

    mutating func read(_ value: YAMLValue?, node: String) {
        guard let map = value?.section(keys: Self.keys + ["password"]) else { return }
        map["host"]?.hostName().map { host = $0 }
        if let value = map["tls"] { tls = AgentConfiguration.TLS(value) }
        // Encrypted MQTT has a port of its own (IANA: secure-mqtt).
        if tls != nil { port = 8883 }
        map["port"]?.integer(in: 1...65_535).map { port = $0 }
        map["protocol"]?.protocolVersion().map { version = $0 }
        map["keep_alive"]?.duration(in: .seconds(5) ... .seconds(65_535)).map { keepAlive = $0 }
        // All ones would mean for ever (MQTT 5.0, section 3.1.2.11.2).
        let expiry: ClosedRange<Duration> = .seconds(1) ... .seconds(4_294_967_294)
        map["session_expiry"]?.duration(in: expiry).map { sessionExpiry = $0 }
        map["client_id"]?.label().map { clientID = $0.replacingNode(node) }
        map["username"]?.label().map { username = $0 }
        map["password_file"]?.fileReference().map { passwordFile = $0 }
        map.refuse(
            "password", "a password is never written into the configuration",
            hint: "write it to a file and name that with 'password_file'")
        if map.contains("password_file"), !map.contains("username") {
            map.refuse("password_file", "'password_file' needs 'username'")
        }
    }
}

extension AgentConfiguration.TLS {
    /// An empty mapping is TLS too, with the authorities of the system.
    fileprivate init?(_ value: YAMLValue) {
        guard let map = value.mapping(keys: ["ca", "certificate", "key", "minimum"]) else {
            return nil
        }
        ca = map["ca"]?.fileReference()
        certificate = map["certificate"]?.fileReference()
        key = map["key"]?.fileReference()
        map["minimum"]?.choice(Version.self).map { minimum = $0 }
        if map.contains("certificate") != map.contains("key") {
            let present = map.contains("key") ? "key" : "certificate"
            map.refuse(present, "'certificate' and 'key' go together: one of them is missing")
        }
    }
}

extension YAMLValue {
    fileprivate func protocolVersion() -> AgentConfiguration.Broker.ProtocolVersion? {
        guard let text = text() else { return nil }
        switch text {
        case "5", "5.0": return .v5
        // 4 is what 3.1.1 calls itself in CONNECT.
        case "3.1.1", "4": return .v311
        case _:
            report("'protocol' must be 5 or 3.1.1, not '\(text)'")
            return nil
        }
    }

    /// Text that may stand in a CONNECT: no control characters, and not without end.
    fileprivate func label() -> String? {
        guard let text = text(length: 1...Limits.brokerTextCharactersMax) else { return nil }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            report("\(name) cannot hold control characters")
            return nil
        }
        return text
    }

    /// A name or an address: no scheme, no port, no blank.
    fileprivate func hostName() -> String? {
        guard let text = label() else { return nil }
        if text.contains("://") {
            report("'host' is a name or an address, not '\(text)'", hint: "remove the scheme")
            return nil
        }
        guard !text.contains(where: \.isWhitespace), !text.contains("/") else {
            report("'host' is a name or an address, not '\(text)'")
            return nil
        }
        return text
    }

    func fileReference() -> FileReference? {
        guard let text = text() else { return nil }
        if let reference = FileReference(text) { return reference }
        report(
            "\(name) names no file: '\(text)'",
            hint: "write a path, credential:NAME or ${CREDENTIALS_DIRECTORY}/NAME")
        return nil
    }

    func filePath() -> String? {
        guard let text = text() else { return nil }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            report("\(name) must be a path")
            return nil
        }
        return text
    }
}

extension String {
    /// With the node's name in the place of every `{node}`.
    func replacingNode(_ node: String) -> String {
        var result = ""
        var rest = self[...]
        let mark = "{node}"
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            let isMark = rest[brace...].hasPrefix(mark)
            result += isMark ? node : "{"
            rest = rest[brace...].dropFirst(isMark ? mark.count : 1)
        }
        return result + rest
    }
}
