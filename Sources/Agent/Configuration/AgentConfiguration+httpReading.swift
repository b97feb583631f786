import Core
import Mind

extension AgentConfiguration.HTTP {
    /// - Parameter root: before the agent's own topics.
    mutating func read(_ value: YAMLValue?, root: String) {
        let map = value?.section(keys: [
            "enabled", "listen", "socket", "tls", "hosts", "cors", "debug", "metrics", "rate",
            "jwt", "mqtt",
        ])
        guard let map else { return }
        map["enabled"]?.flag().map { isEnabled = $0 }
        map["socket"]?.socketPath().map { socket = $0.path }
        if let value = map["tls"] { tls = TLS(value) }
        map["listen"]?.addresses(isEncrypted: map.contains("tls")).map { listen = $0 }
        map["hosts"]?.hosts().map { hosts = $0 }
        map["cors"]?.origins().map { cors = $0 }
        map["debug"]?.flag().map { isDebug = $0 }
        map["metrics"]?.choice(Metrics.self).map { metrics = $0 }
        rate.read(map["rate"])
        if let value = map["jwt"] { jwt = JWT(value) }
        mqtt.read(map["mqtt"], root: root)
    }
}

extension AgentConfiguration.HTTP.TLS {
    fileprivate init?(_ value: YAMLValue) {
        guard let map = value.mapping(keys: ["certificate", "key"]) else { return nil }
        let files = [map.required("certificate"), map.required("key")].map { $0?.fileReference() }
        guard let certificate = files[0], let key = files[1] else { return nil }
        self.init(certificate: certificate, key: key)
    }
}

extension AgentConfiguration.HTTP.Rate {
    fileprivate mutating func read(_ value: YAMLValue?) {
        let map = value?.section(keys: ["per_second", "burst"])
        map?["per_second"]?.integer(in: 1...100_000).map { perSecond = $0 }
        map?["burst"]?.integer(in: 1...100_000).map { burst = $0 }
    }
}

extension AgentConfiguration.HTTP.JWT {
    fileprivate init?(_ value: YAMLValue) {
        let map = value.mapping(keys: [
            "keys", "jwks", "issuer", "audience", "role_claim", "leeway",
        ])
        guard let map else { return nil }
        keys = (map["keys"]?.list() ?? []).compactMap { Key($0) }
        jwks = map["jwks"]?.fileReference()
        let names = 1...Limits.brokerTextCharactersMax
        issuer = map["issuer"]?.text(length: names)
        audience = map["audience"]?.text(length: names)
        map["role_claim"]?.text(length: names).map { roleClaim = $0 }
        map["leeway"]?.duration(in: .zero ... .seconds(600)).map { leeway = $0 }
        if !map.contains("keys"), !map.contains("jwks") {
            value.report("'jwt' needs 'keys' or 'jwks': nothing could be verified without")
        }
    }
}

extension AgentConfiguration.HTTP.JWT.Key {
    fileprivate init?(_ value: YAMLValue) {
        guard let map = value.mapping(keys: ["file", "algorithm", "id"]) else { return nil }
        let file = map.required("file")?.fileReference()
        let algorithm = map.required("algorithm")?
            .choice(AgentConfiguration.HTTP.JWT.Algorithm.self)
        let id = map["id"]?.text(length: 1...Limits.brokerTextCharactersMax)
        guard let file, let algorithm else { return nil }
        self.init(file: file, algorithm: algorithm, id: id)
    }
}

/// A path, or the word that there is none.
private struct SocketPath {
    var path: String?
}

extension YAMLValue {
    fileprivate func socketPath() -> SocketPath? {
        guard let path = filePath() else { return nil }
        if path == "none" { return SocketPath(path: nil) }
        guard path.hasPrefix("/"), LocalAddress(path: path) != nil else {
            report("\(name) must be an absolute path of at most 107 bytes, or none")
            return nil
        }
        return SocketPath(path: path)
    }

    /// One address or several.
    fileprivate func addresses(isEncrypted: Bool) -> [ListenAddress]? {
        guard let values = oneOrMore() else { return nil }
        guard values.count <= Limits.apiListenersMax else {
            report("\(name) has at most \(Limits.apiListenersMax) addresses")
            return nil
        }
        var addresses: [ListenAddress] = []
        for value in values {
            guard let address = value.address(isEncrypted: isEncrypted) else { continue }
            if addresses.contains(address) {
                value.report("\(name) has '\(address.text)' twice")
            } else {
                addresses.append(address)
            }
        }
        return addresses
    }

    private func address(isEncrypted: Bool) -> ListenAddress? {
        guard let text = text() else { return nil }
        guard let address = ListenAddress(text) else {
            report(
                "\(name) must be an IP address and a port, not '\(text)'",
                hint: "for example 127.0.0.1:8642 or '[::1]:8642'")
            return nil
        }
        guard address.isLoopback || isEncrypted else {
            report(
                "\(name): other machines can reach \(address.text), so it needs TLS",
                hint: "add tls: { certificate: FILE, key: FILE }, or listen on 127.0.0.1")
            return nil
        }
        return address
    }

    fileprivate func hosts() -> [String]? {
        guard let values = list() else { return nil }
        guard values.count <= Limits.apiHostsMax else {
            report("\(name) has at most \(Limits.apiHostsMax) names")
            return nil
        }
        return values.compactMap { $0.host() }
    }

    /// As it is compared: without a port, which a name does not need to be told by, and without a
    /// dot at its end. Names in files of proxies have underscores, though those of hosts have none.
    private func host() -> String? {
        guard let text = text() else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            case _: false
            }
        }
        guard isName, !text.hasSuffix("."), 1...253 ~= text.utf8.count else {
            report(
                "\(name) holds names of hosts, not '\(text)'",
                hint: "for example edge-1.example: lowercase, without a port or a dot at its end; "
                    + "* is none")
            return nil
        }
        return text
    }

    fileprivate func origins() -> [String]? {
        guard let values = list() else { return nil }
        guard values.count <= Limits.apiOriginsMax else {
            report("\(name) has at most \(Limits.apiOriginsMax) origins")
            return nil
        }
        return values.compactMap { $0.origin() }
    }

    /// A scheme and a host, as a browser sends them (RFC 6454, section 6.2): compared byte by byte.
    private func origin() -> String? {
        guard let text = text() else { return nil }
        let schemes = ["https://", "http://"]
        let rest = schemes.first(where: text.hasPrefix).map { text.dropFirst($0.count) } ?? ""
        let isHost = rest.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["),
                UInt8(ascii: "]"):
                true
            case _: false
            }
        }
        guard !rest.isEmpty, isHost else {
            report(
                "\(name) holds origins, not '\(text)'",
                hint: "for example https://panel.example: lowercase, without a path; * is none")
            return nil
        }
        return text
    }
}
