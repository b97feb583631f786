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
        found += askBroker(heard.presence, program)
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
            return ([finding], DaemonCheck.Heard(presence: .away))
        }
        let directory = outline.ruleDirectories.first ?? ""
        var told = DaemonCheck(client: client, ruleDirectory: directory).findings()
        // The version and the clock of another machine say nothing of this one, and that nobody is
        // there does not either.
        if !client.place.isHere {
            let presence = told.heard.presence
            told.heard = DaemonCheck.Heard(
                presence: presence == .away ? .unheard("the agent was not heard") : presence)
        }
        return told
    }

    /// An agent that runs has the first word on what the broker lets it do.
    private func askBroker(
        _ presence: DaemonCheck.Presence, _ program: String?
    ) -> [Finding] {
        let found = BrokerCheck(outline: outline, credentials: credentials).findings()
        switch presence {
        case .heard: return found
        case .unheard(let reason): return found + [DaemonCheck.unchecked(reason)]
        case .away:
            let isReached = !found.contains {
                $0.check == BrokerCheck.check && $0.level == .error
            }
            return found + logIn(program, isReached: isReached)
        }
    }

    /// Nothing answers for the agent's API; one without it, or whose API has failed, runs all the
    /// same.
    private func logIn(_ program: String?, isReached: Bool) -> [Finding] {
        do throws(Ending) {
            if try Control(store: outline.storePath).hasAgent() {
                return [DaemonCheck.unchecked("an agent runs that was not asked")]
            }
        } catch { return [DaemonCheck.unchecked("it cannot be told whether an agent runs")] }
        guard isReached else {
            return LoginCheck.unchecked(
                "the broker cannot be reached", do: "see the findings about the broker")
        }
        return LoginCheck(
            configuration: configuration, credentials: credentials, daemon: program
        ).findings()
    }
}
