import Core

/// Everything that doctor looks at, in the order in which it is told.
struct Examination {
    let configuration: String
    let outline: ConfigurationOutline
    /// Where the credentials are kept that systemd hands over.
    let credentials: String
    /// nil: there is no way to ask.
    let client: DaemonClient?
    let isDeep: Bool

    func findings() -> [Finding] {
        let program = ProgramRun.path(of: "jameyd")
        let (daemon, heard) = askDaemon()
        var found = ConfigurationCheck(
            path: configuration, credentials: credentials, daemon: program
        ).findings()
        found += daemon
        found += BrokerCheck(outline: outline, credentials: credentials).findings()
        found += PermissionCheck(
            configuration: configuration, outline: outline, credentials: credentials,
            account: Account.ofAgent(storePath: outline.storePath),
            isAgentHeard: heard.version != nil
        ).findings()
        found += StoreCheck(path: outline.storePath, isDeep: isDeep).findings()
        found += DiskCheck(
            storePath: outline.storePath, storeBytesMax: outline.storeBytesMax
        ).findings()
        found += ClockCheck(
            reading: ClockCheck.Reading.now(), skew: heard.clockSkew
        ).findings()
        found += VersionCheck(
            installed: VersionCheck.installed(program), running: heard.version
        ).findings()
        return found
    }

    private func askDaemon() -> (findings: [Finding], heard: DaemonCheck.Heard) {
        guard let client else {
            let finding = Finding.warning(
                "daemon", "it has no local socket to be asked by (http.enabled, http.socket)",
                do: "name its address with --url, and a key with --key-file")
            return ([finding, DaemonCheck.unchecked("it was not asked")], DaemonCheck.Heard())
        }
        let directory = outline.ruleDirectories.first ?? ""
        var told = DaemonCheck(client: client, ruleDirectory: directory).findings()
        // The version and the clock of another machine say nothing of this one.
        if !client.place.isHere { told.heard = DaemonCheck.Heard() }
        return told
    }
}
