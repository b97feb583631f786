import API
import Agent
import Broker
import Core
import Glibc
import Mind
import Store

/// Everything that is read before the daemon starts; making it has no side effect.
struct Preparation {
    var configuration: AgentConfiguration
    var link: LinkOptions
    /// Where the password is read again; nil: there is none.
    var passwords: PasswordFile?
    /// Signs the head of the audit chain.
    var auditKey: AuditSigningKey?
    /// nil: there is no API.
    var api: APISettings?
    /// What the operator should know, though nothing is wrong.
    var notices: [String]

    /// Why the daemon does not start: everything at once.
    struct Problems: Error {
        var text: String
    }

    /// Reads the configuration, the credentials and the rules.
    ///
    /// Wrong rules are a problem in a check, and at a first start. Later they are the agent's
    /// business, which goes on with the last good ones.
    static func prepare(_ path: String, isCheck: Bool) -> Result<Preparation, Problems> {
        let configuration: AgentConfiguration
        do throws(ConfigurationError) {
            configuration = try ConfigurationFile.load(path)
        } catch {
            return .failure(Problems(text: error.description))
        }
        var problems: [String] = []
        var notices: [String] = []
        do throws(RuleSetErrors) {
            let directory = try RuleDirectory.read(configuration.rules.directory)
            if let notice = directory.notice { notices.append(notice) }
            _ = try RuleSetLoader.load(directory.files)
        } catch {
            let isFirstStart = access(configuration.store.path, F_OK) != 0
            if isCheck || isFirstStart { problems.append("\(error)") }
        }
        if let shadow = configuration.rules.shadow {
            do throws(RuleSetErrors) {
                let directory = try RuleDirectory.read(shadow)
                if directory.notice != nil { notices.append("\(shadow) has no rules in shadow") }
                if !directory.files.isEmpty { _ = try RuleSetLoader.load(directory.files) }
            } catch {
                // They never keep the agent from starting.
                if isCheck { problems.append("\(error)") }
            }
        }
        do throws(CredentialError) {
            let link = try linkOptions(configuration)
            let passwords = try passwordFile(configuration)
            problems += link.problems().map { "\(path): error: \($0)" }
            let key = try auditKey(configuration)
            let api = try APISettings(
                configuration, credentialsDirectory: Self.credentialsDirectory)
            // They never keep the agent from starting.
            if isCheck { problems += (api?.problems() ?? []).map { "\(path): error: \($0)" } }
            guard problems.isEmpty else { return .failure(Problems(text: joined(problems))) }
            return .success(
                Preparation(
                    configuration: configuration, link: link, passwords: passwords,
                    auditKey: key, api: api, notices: notices))
        } catch {
            return .failure(Problems(text: joined(problems + ["\(path): error: \(error)"])))
        }
    }

    private static func passwordFile(
        _ configuration: AgentConfiguration
    ) throws(CredentialError) -> PasswordFile? {
        guard let file = configuration.broker.passwordFile else { return nil }
        return try PasswordFile(file, credentialsDirectory: credentialsDirectory)
    }

    /// The broker's options with the password of this moment.
    static func linkOptions(
        _ configuration: AgentConfiguration
    ) throws(CredentialError) -> LinkOptions {
        let broker = configuration.broker
        let directory = credentialsDirectory
        var options = LinkOptions(
            host: broker.host, port: broker.port, clientID: broker.clientID,
            version: broker.version == .v5 ? .v5 : .v311, keepAlive: broker.keepAlive,
            sessionExpiry: broker.sessionExpiry, username: broker.username)
        if let file = broker.passwordFile {
            options.password = try Credential.read(file, credentialsDirectory: directory).bytes
        }
        if let tls = broker.tls {
            options.tls = TLSOptions(
                caFile: try tls.ca?.path(credentialsDirectory: directory),
                certificateFile: try tls.certificate?.path(credentialsDirectory: directory),
                keyFile: try tls.key?.path(credentialsDirectory: directory),
                minimum: tls.minimum == .v12 ? .v12 : .v13)
        }
        return options
    }

    /// Where systemd hands over credentials.
    private static var credentialsDirectory: String? {
        getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
    }

    /// The key that signs the head of the audit chain, as its file has it at this moment.
    static func auditKey(
        _ configuration: AgentConfiguration
    ) throws(CredentialError) -> AuditSigningKey? {
        guard let reference = configuration.audit.signKey else { return nil }
        return try AuditSigningKey.read(reference, credentialsDirectory: credentialsDirectory)
    }

    private static func joined(_ problems: [String]) -> String {
        problems.joined(separator: "\n")
    }
}
