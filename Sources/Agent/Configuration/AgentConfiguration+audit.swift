import Core
import Mind
import Store

extension AgentConfiguration.Audit {
    mutating func read(_ value: YAMLValue?) {
        let map = value?.section(keys: ["sign_key"])
        map?["sign_key"]?.fileReference().map { signKey = $0 }
    }
}

extension AgentConfiguration {
    /// Everything that is in effect, as the audit chain keeps it: one JSON object in the order of
    /// `jamey.yaml`. Of secrets it says where they stand, never what they are.
    /// - Parameter version: of the build that is configured.
    public func effective(version: String) -> String {
        let bytes = JSONWriter.object { json in
            json.member("version", version)
            json.member("node", node)
            json.object("broker") { broker.write(to: &$0) }
            json.object("topics") { $0.member("root", topics.root) }
            json.object("store") { store.write(to: &$0) }
            json.object("rules") { json in
                json.member("directory", rules.directory)
                json.member("shadow", ifPresent: rules.shadow)
            }
            json.object("memory") { memory.write(to: &$0) }
            json.object("status") { $0.member("interval_us", status.interval.microseconds) }
            json.object("http") { http.write(to: &$0) }
            json.object("audit") { $0.member("sign_key", ifPresent: audit.signKey?.text) }
            json.object("log") { json in
                json.member("level", log.level.rawValue)
                json.member("format", log.format.rawValue)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension AgentConfiguration.Broker {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("host", host)
        json.member("port", port)
        json.member("protocol", version.rawValue)
        json.member("keep_alive_us", keepAlive.microseconds)
        json.member("session_expiry_us", sessionExpiry.microseconds)
        json.member("client_id", clientID)
        json.member("username", ifPresent: username)
        json.member("password_file", ifPresent: passwordFile?.text)
        guard let tls else { return }
        json.object("tls") { json in
            json.member("ca", ifPresent: tls.ca?.text)
            json.member("certificate", ifPresent: tls.certificate?.text)
            json.member("key", ifPresent: tls.key?.text)
            json.member("minimum", tls.minimum.rawValue)
        }
    }
}

extension AgentConfiguration.Store {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("path", path)
        json.member("durability", durability.rawValue)
        json.object("short_term") { json in
            json.member("max_age_us", shortTerm.maxAge.microseconds)
            json.member("max_bytes", shortTerm.maxBytes)
        }
    }
}

extension AgentConfiguration.MemorySettings {
    fileprivate func write(to json: inout JSONWriter) {
        let layers = Memory.Layer.allCases.filter(updates.contains)
        json.member("updates", layers.map(\.rawValue))
        json.object("rollups") { json in
            json.member("minute_us", rollUps.minute.microseconds)
            json.member("hour_us", rollUps.hour.microseconds)
            json.member("day_us", rollUps.day.microseconds)
        }
        json.object("retention") { json in
            func age(_ name: String, _ age: Duration?) {
                json.member(name, age.map { .number(.int($0.microseconds)) } ?? .null)
            }
            age("episodic_us", retention.episodic)
            age("semantic_us", retention.semantic)
            age("long_term_us", retention.longTerm)
        }
    }
}

extension AuditSigningKey {
    /// Reads the key that the configuration refers to.
    ///
    /// - Parameter directory: `$CREDENTIALS_DIRECTORY`, where systemd set it.
    /// - Throws: `.noCredentialsDirectory`, `.unreadable`: also where it is no Ed25519 key.
    public static func read(
        _ reference: FileReference, credentialsDirectory directory: String?
    ) throws(CredentialError) -> AuditSigningKey {
        let path = try reference.path(credentialsDirectory: directory)
        let bytes: [UInt8]
        do throws(TextFileError) {
            bytes = try TextFile.readBytes(path, bytesMax: Limits.auditKeyBytesMax) { status in
                let isOpenToOthers = status.st_mode & 0o007 != 0
                return isOpenToOthers ? "is open to every user: chmod o= \(path)" : nil
            }
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
        guard let key = AuditSigningKey(bytes) else {
            throw .unreadable(
                path: path,
                reason: "is no Ed25519 private key: 32 bytes, or PEM of PKCS 8 (openssl genpkey "
                    + "-algorithm ed25519)")
        }
        return key
    }
}
