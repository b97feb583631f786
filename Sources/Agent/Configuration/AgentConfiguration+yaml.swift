import Core
import Mind

extension AgentConfiguration {
    /// Reads a configuration from the text of its file.
    ///
    /// - Parameter hostName: Names the node where the file does not; usually the machine's own.
    /// - Throws: `.invalid` with every error of the text at once.
    public init(yaml: String, file: String, hostName: String) throws(ConfigurationError) {
        let log = SourceLog(file: file, text: yaml)
        let root = YAMLValue(document: log)
        let map = root?.mapping(keys: [
            "node", "broker", "topics", "store", "rules", "memory", "status", "http", "log",
            "audit",
        ])
        let node = Self.node(map, hostName: hostName, log)
        self.init(node: node)
        broker.read(map?["broker"], node: node)
        topics.read(map?["topics"], node: node)
        store.read(map?["store"])
        rules.read(map?["rules"])
        memory.read(map?["memory"])
        status.read(map?["status"])
        http.read(map?["http"], root: topics.root)
        self.log.read(map?["log"])
        audit.read(map?["audit"])
        if !log.errors.isEmpty {
            throw .invalid(log.errors.sorted { $0.position < $1.position })
        }
    }

    /// One level of a topic. A host name that is none is no name either.
    private static func node(
        _ map: YAMLMapping?, hostName: String, _ log: SourceLog
    ) -> String {
        if let value = map?["node"] {
            guard let name = value.text() else { return "" }
            if let reason = objection(toNode: name) { value.report("'node' \(reason)") }
            return name
        }
        // Where the document itself is at fault, that is the error to tell.
        if log.errors.isEmpty, objection(toNode: hostName) != nil {
            log.report(
                "missing key 'node': the host name '\(hostName)' cannot stand for it",
                hint: "for example node: edge-1", at: map?.position ?? .start)
        }
        return hostName
    }

    private static func objection(toNode name: String) -> String? {
        if name.isEmpty { return "must have a name" }
        if name.utf8.count > Limits.nodeNameBytesMax {
            return "must have at most \(Limits.nodeNameBytesMax) bytes"
        }
        for scalar in name.unicodeScalars {
            if "/+#{}".unicodeScalars.contains(scalar) {
                return "cannot hold '\(scalar)': it is one level of a topic"
            }
            if scalar.properties.generalCategory == .control {
                return "cannot hold control characters"
            }
        }
        return nil
    }
}

extension AgentConfiguration.Topics {
    fileprivate mutating func read(_ value: YAMLValue?, node: String) {
        let map = value?.section(keys: ["root"])
        guard let value = map?["root"], let text = value.text() else { return }
        root = text.replacingNode(node)
        do throws(TopicError) {
            try TopicName.validate(root)
            if root.utf8.count > Limits.rootBytesMax {
                value.report("'root' must have at most \(Limits.rootBytesMax) bytes")
            } else if root.hasPrefix("$") {
                value.report("'root' cannot begin with $: those topics are the broker's own")
            } else if root.utf8.first == UInt8(ascii: "/") || root.utf8.last == UInt8(ascii: "/") {
                value.report("'root' cannot begin or end with /", hint: "remove it")
            } else if root.contains("{") || root.contains("}") {
                value.report("'root' knows {node} only")
            }
        } catch {
            value.report("'root': \(error)")
        }
    }
}

extension AgentConfiguration.Store {
    fileprivate mutating func read(_ value: YAMLValue?) {
        guard let map = value?.section(keys: ["path", "durability", "short_term"]) else { return }
        map["path"]?.filePath().map { path = $0 }
        map["durability"]?.choice(Durability.self).map { durability = $0 }
        guard let inner = map["short_term"]?.section(keys: ["max_age", "max_bytes"]) else {
            return
        }
        let ages: ClosedRange<Duration> = .seconds(1) ... .seconds(100 * 365 * 86_400)
        inner["max_age"]?.duration(in: ages).map { shortTerm.maxAge = $0 }
        inner["max_bytes"]?.byteSize(in: 1 << 20...1 << 50).map { shortTerm.maxBytes = $0 }
    }
}

extension AgentConfiguration.Rules {
    fileprivate mutating func read(_ value: YAMLValue?) {
        let map = value?.section(keys: ["directory", "shadow"])
        map?["directory"]?.filePath().map { directory = $0 }
        map?["shadow"]?.filePath().map { shadow = $0 }
    }
}

extension AgentConfiguration.MemorySettings {
    fileprivate mutating func read(_ value: YAMLValue?) {
        let map = value?.section(keys: ["updates", "rollups", "retention"])
        if let layers = map?["updates"]?.list() {
            updates = Set(layers.compactMap { $0.choice(Memory.Layer.self) })
        }
        let kept = map?["rollups"]?.section(keys: ["minute", "hour", "day"])
        let spans: ClosedRange<Duration> = .seconds(3_600) ... .seconds(100 * 365 * 86_400)
        kept?["minute"]?.duration(in: spans).map { rollUps.minute = $0 }
        kept?["hour"]?.duration(in: spans).map { rollUps.hour = $0 }
        kept?["day"]?.duration(in: spans).map { rollUps.day = $0 }
        let ages = map?["retention"]?.section(keys: Memory.Layer.allCases.map(\.rawValue))
        ages?[Memory.Layer.episodic.rawValue]?.age().map { retention.episodic = $0.max }
        ages?[Memory.Layer.semantic.rawValue]?.age().map { retention.semantic = $0.max }
        ages?[Memory.Layer.longTerm.rawValue]?.age().map { retention.longTerm = $0.max }
    }
}

extension AgentConfiguration.Status {
    fileprivate mutating func read(_ value: YAMLValue?) {
        let map = value?.section(keys: ["interval"])
        let range: ClosedRange<Duration> = .seconds(1) ... .seconds(86_400)
        map?["interval"]?.duration(in: range).map { interval = $0 }
    }
}

extension AgentConfiguration.Log {
    fileprivate mutating func read(_ value: YAMLValue?) {
        guard let map = value?.section(keys: ["level", "format"]) else { return }
        map["level"]?.choice(Level.self).map { level = $0 }
        map["format"]?.choice(Format.self).map { format = $0 }
    }
}

/// How old something may become; nil is for ever.
private struct Age {
    var max: Duration?
}

extension YAMLValue {
    /// A duration, or `forever`.
    fileprivate func age() -> Age? {
        guard let text = text() else { return nil }
        if text == "forever" { return Age(max: nil) }
        guard (try? Duration(text: text)) != nil else {
            report(
                "\(name) must be a duration or forever, not '\(text)'", hint: "for example: 90d")
            return nil
        }
        return duration(in: .seconds(1) ... .seconds(100 * 365 * 86_400)).map { Age(max: $0) }
    }
}
