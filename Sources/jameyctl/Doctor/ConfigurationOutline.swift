import Core
import Mind

/// What doctor has to know of `jamey.yaml`: where everything is. Whether the file is right is for
/// `jameyd --check` to say; what it does not say is as the daemon has it then.
struct ConfigurationOutline: Equatable {
    /// A file that the configuration names.
    struct File: Equatable {
        /// The key that names it: `broker.password_file`.
        var key: String
        var reference: FileReference
        /// Whether others must not be able to read it.
        var isSecret = false
    }

    var brokerHost = "127.0.0.1"
    var brokerPort = 1883
    /// Whether the broker speaks TLS.
    var isBrokerEncrypted = false
    /// TLS 1.2 is enough for it.
    var allowsTLS12 = false
    /// In the order of their keys in the file.
    var files: [File] = []
    var storePath = "/var/lib/jamey/jamey.db"
    /// Bytes that the store may grow to.
    var storeBytesMax = 1 << 30
    var ruleDirectories = ["/etc/jamey/rules.d"]
    var hasAPI = true
    /// nil: none.
    var socket: String? = DaemonOptions.socketDefault

    /// - Parameter text: of the file; one that is no YAML says nothing.
    init(yaml text: String = "") {
        let log = SourceLog(file: "", text: text)
        let map = YAMLValue(document: log)?.section(keys: [])
        read(broker: map?["broker"]?.section(keys: []))
        let store = map?["store"]?.section(keys: [])
        store?["path"]?.text().map { storePath = $0 }
        let shortTerm = store?["short_term"]?.section(keys: [])
        shortTerm?["max_bytes"]?.byteSize(in: 1...(1 << 50)).map { storeBytesMax = $0 }
        let rules = map?["rules"]?.section(keys: [])
        rules?["directory"]?.text().map { ruleDirectories = [$0] }
        rules?["shadow"]?.text().map { ruleDirectories.append($0) }
        read(http: map?["http"]?.section(keys: []))
        take("audit.sign_key", map?["audit"]?.section(keys: [])?["sign_key"], isSecret: true)
    }

    /// The file of a key; nil where the configuration names none.
    func file(_ key: String) -> File? { files.first { $0.key == key } }

    private mutating func take(_ key: String, _ value: YAMLValue?, isSecret: Bool = false) {
        // What names no file is for `jameyd --check` to say.
        guard let text = value?.text(), let reference = FileReference(text) else { return }
        files.append(File(key: key, reference: reference, isSecret: isSecret))
    }

    private mutating func read(broker map: YAMLMapping?) {
        guard let map else { return }
        map["host"]?.text().map { brokerHost = $0 }
        if let value = map["tls"] {
            isBrokerEncrypted = true
            brokerPort = 8883
            let tls = value.section(keys: [])
            take("broker.tls.ca", tls?["ca"])
            take("broker.tls.certificate", tls?["certificate"])
            take("broker.tls.key", tls?["key"], isSecret: true)
            allowsTLS12 = tls?["minimum"]?.text() == "1.2"
        }
        map["port"]?.integer(in: 1...65_535).map { brokerPort = $0 }
        take("broker.password_file", map["password_file"], isSecret: true)
    }

    private mutating func read(http map: YAMLMapping?) {
        guard let map else { return }
        map["enabled"]?.flag().map { hasAPI = $0 }
        map["socket"]?.text().map { socket = $0 == "none" ? nil : $0 }
        let tls = map["tls"]?.section(keys: [])
        take("http.tls.certificate", tls?["certificate"])
        take("http.tls.key", tls?["key"], isSecret: true)
        let jwt = map["jwt"]?.section(keys: [])
        for value in jwt?["keys"]?.list() ?? [] {
            let key = value.section(keys: [])
            take("http.jwt.keys", key?["file"], isSecret: key?["algorithm"]?.text() == "HS256")
        }
        take("http.jwt.jwks", jwt?["jwks"])
    }
}
