/// Bounds of the API.
extension Limits {
    /// Of a request's body.
    public static let apiBodyBytesMax = 1 << 20
    /// Connections of all listeners together.
    public static let apiConnectionsMax = 256
    /// Questions to the loop that wait at most.
    public static let portQuestionsMax = 256
    /// Questions that the loop answers in one turn.
    public static let portQuestionsPerTurn = 32
    /// After so long it leaves the rest to the next turn: messages wait meanwhile.
    public static let portTimePerTurn: Duration = .milliseconds(2)
    /// Before a loop that was too busy to hear of the API's state is told again.
    public static let apiStatusRetryDelay: Duration = .seconds(1)
    /// How long a question to the loop may wait for its answer.
    public static let portPatience: Duration = .seconds(5)
    /// Of a list, where nothing is said, and at most.
    public static let apiPageDefault = 50
    public static let apiPageMax = 1_000

    // MARK: Rules

    /// Bytes of the name of a rule file that is written.
    public static let ruleFileNameBytesMax = 128
    /// Who waits to change a rule file while another is changed; a further one is refused.
    public static let ruleWritersMax = 8
    /// Checks of rule files, and steps of changing one, that wait or run.
    public static let ruleWorkMax = 32
    /// How long a reload may wait and compile: as long as jameyctl waits for it.
    public static let reloadTimeMax = daemonAnswerTimeMax
    /// Seconds after which what was written beside a rule file was left by a crash.
    public static let ruleLeftoverAge = 60

    // MARK: Keys by request

    /// Bytes of what the owner of an API key calls it.
    public static let keyNameBytesMax = 100
    /// How long a key may be good for.
    public static let keyLifetimes: ClosedRange<Duration> = .seconds(60) ... .seconds(3_153_600_000)
    /// How long the secret before is good after a rotation, where nothing is said, and at most.
    public static let keyOverlapDefault: Duration = .seconds(24 * 3600)
    public static let keyOverlapMax: Duration = .seconds(30 * 24 * 3600)

    // MARK: Jobs

    /// Backtests, replays and verifications that are over and kept with their reports; beyond it
    /// the oldest are forgotten.
    public static let jobsKept = 16
    /// Bytes of their reports; beyond it the oldest are forgotten.
    public static let jobReportBytesKept = 64 << 20
    /// Bytes of one of them; with a larger one the job has failed (`REPORT_TOO_LARGE`).
    public static let jobReportBytesMax = 32 << 20

    // MARK: Events

    /// Listeners to server-sent events; a further one is refused.
    public static let eventListenersMax = 32
    /// Of these those that only the local socket gets.
    public static let eventListenersReserved = 8
    /// Those of one principal, the local socket's aside.
    public static let eventListenersOfPrincipal = 8
    /// Pages of decisions, and states of the agent, that wait for one listener; one that is slower
    /// is let go of, and comes again.
    public static let eventQueueMax = 32
    /// How often the store is looked at while somebody listens.
    public static let eventPollInterval: Duration = .milliseconds(250)
    /// How often the loop is asked for its state then.
    public static let eventStatusInterval: Duration = .seconds(1)
    /// How long a listener hears nothing at most: a comment is sent then.
    public static let eventHeartbeat: Duration = .seconds(15)
    /// How long a listener is told at most; then it comes again, with its credentials.
    public static let eventStreamTimeMax: Duration = .seconds(3600)
    /// Decisions that are read at a time.
    public static let eventPageRows = 64
    /// So many pages at most at a look; what is behind them follows with the next, or, where it is
    /// more than the backlog, the newest of it.
    public static let eventPagesPerLook = 8
    /// Decisions behind the newest from which a listener may go on; further back it begins with the
    /// newest of them, and hears how many it has missed.
    public static let eventBacklogMax: Int64 = 10_000

    // MARK: By MQTT

    /// Requests by MQTT that wait or whose answers the broker has not confirmed; a further one is
    /// answered with `OVERLOADED`.
    public static let mqttRequestsMax = 64
    /// Bytes of the answer to one; instead of a larger one there is an error.
    public static let mqttAnswerBytesMax = 256 << 10
    /// Topics on which requests are taken; more are an error of the configuration.
    public static let mqttRequestTopicsMax = 16
    /// Bytes of what one of them is called below the agent's root.
    public static let mqttRequestTopicBytesMax = 64
}

/// Bounds of the server.
extension Limits {
    /// Of these connections those that TCP cannot take: somebody who holds all others does not keep
    /// the operator from the local socket.
    public static let apiConnectionsReserved = 32
    /// Connections of one address by TCP (an IPv6 network of 64 bits counts as one); a further one
    /// is closed.
    public static let apiConnectionsPerAddress = 32
    /// The same of the loopback interface, where everybody comes from whom a proxy lets in.
    public static let apiConnectionsOfLoopback = 160
    /// New connections of one address by TLS, in a second in the long run, and at once: each costs
    /// a handshake. A further one is closed before its own.
    public static let apiHandshakesPerSecond = 20.0
    public static let apiHandshakesAtOnce = 100
    /// The same of the loopback interface.
    public static let apiHandshakesPerSecondOfLoopback = 100.0
    public static let apiHandshakesAtOnceOfLoopback = 500
    /// Connections that wait in the kernel for each listener; it refuses further ones.
    public static let apiBacklog: Int32 = 128
    /// Before it is tried again to listen where that failed: at first, and at most; it doubles. As
    /// often as at most it is seen whether the socket's file is still there.
    public static let apiListenDelayMin: Duration = .seconds(1)
    public static let apiListenDelayMax: Duration = .seconds(30)
    /// Without a complete head of a request a connection is closed after this long.
    public static let apiHeadTimeMax: Duration = .seconds(15)
    /// A request that is not there as a whole this long after its head is given up.
    public static let apiRequestTimeMax: Duration = .seconds(30)
    /// And what answers it, or one before it, is given up after this much longer.
    public static let apiAnswerTimeMax: Duration = .seconds(10)
    /// A client that takes less than so many bytes of its answers in such a time is given up,
    /// unless it has taken all in between.
    public static let apiWriteBytesMin = 16 << 10
    public static let apiWriteTimeMax: Duration = .seconds(30)
    /// Bytes of answers that clients have not taken, over all connections; beyond it those are
    /// given up that are slowest at the address that has most of them.
    public static let apiUnsentBytesMax = 16 << 20
    /// Bytes that the kernel is told to keep for a connection to send; it takes twice as many.
    public static let apiSendBytes = 64 << 10
    /// What is under way may end within this long at a stop.
    public static let apiStopTimeMax: Duration = .seconds(2)
    /// And beyond that for what is to be written down; then the agent closes without.
    public static let apiFarewellTimeMax: Duration = .seconds(1)
    /// A connection is closed with the last of so many refusals (429) in such a time.
    public static let apiRefusalsMax = 20
    public static let apiRefusalsTime: Duration = .seconds(10)
    /// Bytes of a request's head: of one field, and of all; and how many fields.
    public static let apiFieldBytesMax = 8 << 10
    public static let apiHeadBytesMax = 16 << 10
    public static let apiFieldsMax = 64
    /// Bytes of a path with its query; a longer one is refused.
    public static let apiTargetBytesMax = 8 << 10
    /// Bytes read from a connection at a time; up to ten times as many wait for the handler.
    public static let apiReceiveBytes = 8 << 10
    /// Bytes of bodies that are held at once, over all requests; a request whose body does not fit
    /// is refused.
    public static let apiBodiesBytesMax = 16 << 20
    /// Of these those that only the local socket gets.
    public static let apiBodiesBytesReserved = 2 << 20
    /// Those of one principal, and of one address, the local socket's aside.
    public static let apiBodiesBytesOfPrincipal = 4 << 20
    public static let apiBodiesBytesOfAddress = 8 << 20
    /// Reads of the store at a time, beside one search of its files, and how many wait.
    public static let storeReadsAtOnce = 2
    public static let storeReadsWaitingMax = 64
    /// Of these those that may take seconds, as a why: they leave room to the others.
    public static let storeLongReadsAtOnce = 1
    public static let storeLongReadsWaitingMax = 16
    /// After the API keys could not be read, how long until the next attempt.
    public static let apiKeysRetryDelay: Duration = .seconds(10)
    /// The log has one warning in such a time of requests that the store or the disk is in the way
    /// of; it has the others where it shows debugging.
    public static let apiWarningInterval: Duration = .seconds(10)
    /// How long `/livez` waits for the loop.
    public static let apiLivenessPatience: Duration = .seconds(2)
    /// Bytes of a file with a certificate chain or a key; a larger one is refused.
    public static let apiCertificateBytesMax = 1 << 20
    /// Origins of CORS, names of hosts, and addresses to listen on.
    public static let apiOriginsMax = 64
    public static let apiHostsMax = 64
    public static let apiListenersMax = 16

    // MARK: Keys and access in the store

    /// API keys that the store keeps. For a further one the one that was revoked or expired first
    /// makes room; where none was, there is no further one.
    public static let apiKeysMax = 1_000
    /// Bytes of what a link of the audit chain says of who came, what for and why not, each; longer
    /// ones are cut.
    public static let accessTextBytesMax = 256
    /// Acknowledgements of alerts that the store keeps: the newest of those ever made.
    public static let acknowledgementsMax = 10_000
    /// Bytes of what is said to one.
    public static let acknowledgementNoteBytesMax = 1_024
}

/// Bounds of the routes that read.
extension Limits {
    /// Rows that are looked at for one page of decisions, of the audit chain, of the log and an
    /// episode's messages in it, or of everything about an entity; where fewer match than were
    /// asked for, the next page goes on behind them.
    public static let decisionsLooked = 20_000
    /// How long an answer to why may take, from when it is asked; the log is folded for it.
    public static let whyTimeMax: Duration = .seconds(10)
    /// Such questions that wait for another one; a further one is refused.
    public static let replaysWaitingMax = 16
    /// Minutes or hours of one series; a longer time is refused.
    public static let apiSeriesPeriodsMax: Int64 = 3_000
    /// Newest events that are looked through for the minute of a series that is not over yet.
    public static let apiSeriesEventsMax = 20_000
    /// Events that are looked through for readings one by one, and such readings of all fields;
    /// a time that has more is refused.
    public static let apiSeriesRawEventsMax: Int64 = 100_000
    public static let apiSeriesReadingsMax = 50_000
    /// Bytes of the elements of a list after which a page ends earlier.
    public static let apiListBytesMax = 1 << 20
    /// Bytes of a text in a query that has no narrower bound.
    public static let apiParameterBytesMax = 1_024
}

/// Bounds of who may come in.
extension Limits {
    /// Bytes of a JSON Web Token; a longer one is refused before it is looked at.
    public static let tokenBytesMax = 8 << 10
    /// Bytes of the `kid` of a token or of a key; of the name of a claim that holds the role.
    public static let tokenNameBytesMax = 256
    /// Bytes of a token's `sub`; a token with a longer one is refused.
    public static let principalNameBytesMax = 128
    /// Keys that tokens are verified with, of all files together; a file with more is refused.
    public static let tokenKeysMax = 64
    /// Bytes of a file with such keys.
    public static let tokenKeyFileBytesMax = 256 << 10
    /// Bytes of the secret of HS256 at least (RFC 7518, section 3.2).
    public static let tokenSecretBytesMin = 32
    /// How often the files of such keys, and of the API's certificate, are looked at for a change.
    public static let apiFilesInterval: Duration = .seconds(2)

    /// Token buckets of each kind, for the requests of addresses and of principals, and for the
    /// handshakes of addresses: beyond it the one that was asked longest ago is given up, as if it
    /// were full.
    public static let rateBucketsMax = 4_096
    /// So many times the rate of requests is that of the dashboard's files.
    public static let rateOfFiles = 4
    /// Failed attempts of an address from which on it has to wait.
    public static let lockoutFailures = 5
    /// Failed attempts on one key from which on it is guarded.
    public static let lockoutFailuresOfKey = 20
    /// How long the first wait is; each further failure doubles it, up to the other.
    public static let lockoutDelayBase: Duration = .seconds(1)
    public static let lockoutDelayMax: Duration = .seconds(900)
    /// One failure is forgiven for each such time without another.
    public static let lockoutDecay: Duration = .seconds(60)
    /// How long a credential that was good at an address is looked at although others there have to
    /// wait.
    public static let lockoutTrust: Duration = .seconds(3600)
    /// Addresses and keys that a lock-out knows, each; beyond it the one that was used longest ago
    /// is forgotten.
    public static let lockoutEntriesMax = 4_096
    /// Addresses whose good tokens it knows, and how many of each; likewise.
    public static let lockoutProofAddressesMax = 1_024
    public static let lockoutProofsOfOne = 64

    /// Of each kind of access what is told apart within a minute, with a name and without, each;
    /// further ones are omitted from the audit chain, and counted there.
    public static let accessSubjectsMax = 256
    /// Of these the refusals of one name, or of one address without a name.
    public static let accessRefusalsOfOne = 32
    /// Records of access that wait for the store; further ones are omitted and counted.
    public static let accessRecordsMax = 1_024
    /// Those that are written in one transaction.
    public static let accessRecordsAtOnce = 64
    /// Between two of them, at least.
    public static let accessFlushInterval: Duration = .seconds(1)
    /// How often the last use of keys is written down.
    public static let keyUseInterval: Duration = .seconds(60)
}

/// Bounds of jameyctl where it asks the daemon, and of its doctor.
extension Limits {
    /// How long jameyctl waits for a connection, and for the whole of an answer.
    public static let daemonConnectTimeMax: Duration = .seconds(5)
    public static let daemonAnswerTimeMax: Duration = .seconds(30)
    /// Bytes of an answer, as many as JSON may have here; of a larger one nothing is shown.
    public static let daemonAnswerBytesMax = jsonBytesMax
    /// How long jameyctl waits for a sign of the daemon before it takes the store's file.
    public static let daemonKnockTimeMax: Duration = .seconds(2)
    /// How long jameyctl waits, after a signal, for the answer about what it has begun.
    public static let daemonSignalTimeMax: Duration = .seconds(5)
    /// Elements of a list that are shown at most.
    public static let daemonListMax = 20_000
    /// Between two looks of jameyctl at a job: at first, and at most; it grows.
    public static let daemonJobPauseMin: Duration = .milliseconds(250)
    public static let daemonJobPauseMax: Duration = .seconds(2)
    /// How long jameyctl goes on looking for a job that it does not see, before it gives it up.
    public static let daemonJobAbsenceMax: Duration = .seconds(60)
    /// Bytes of a server-sent event; with a larger one the connection is given up.
    public static let daemonEventBytesMax = 4 << 20
    /// Events that wait for whoever shows them; then no more are read.
    public static let daemonEventsWaitingMax = 256
    /// Without a word for so long a connection for events counts as lost: three heartbeats.
    public static let daemonEventSilenceMax: Duration = .seconds(45)
    /// Before a lost connection is made again: at first, and at most; it doubles.
    public static let daemonRetryDelayMin: Duration = .milliseconds(500)
    public static let daemonRetryDelayMax: Duration = .seconds(15)

    /// How long another program may take that doctor runs, and how many bytes of what it says are
    /// taken.
    public static let programTimeMax: Duration = .seconds(60)
    public static let programOutputBytesMax = 64 << 10
    /// How long a broker may take until it shows its certificate.
    public static let brokerProbeTimeMax: Duration = .seconds(15)
    /// How long each step of a login for doctor may take (a connection, the answer to SUBSCRIBE),
    /// and how often a connection is tried that fails below MQTT, as one to the wrong family of
    /// addresses does.
    public static let loginStepTimeMax: Duration = .seconds(5)
    public static let loginTriesMax = 2
    /// Its keep-alive: longer than a step, as nothing serves it.
    public static let loginKeepAlive: Duration = .seconds(10)
    /// Filters that the broker refuses and that are named, and bytes of them: as JSON, in which a
    /// byte may take six, they are less than what is taken of a program.
    public static let loginRefusedMax = 100
    public static let loginRefusedBytesMax = 8 << 10
    /// How many groups of the agent's account doctor looks at.
    public static let doctorGroupsMax: Int32 = 256
    /// Bytes that the file system of the store should have left, and the share of its inodes.
    public static let doctorDiskFreeMin = 64 << 20
    public static let doctorInodesShareMin = 0.01
    /// By how much the log's time may be before the system's without a word.
    public static let doctorClockSkewMax: Duration = .seconds(1)
    /// By how much the system's clock may be wrong by its own estimate.
    public static let doctorClockErrorMax: Duration = .seconds(1)
}

/// Bounds of `jameyctl top`.
extension Limits {
    /// Between two looks at the agent.
    public static let topIntervals: ClosedRange<Duration> = .milliseconds(200) ... .seconds(3600)
    /// How long each of its questions may take.
    public static let topPatience: Duration = .seconds(5)
    /// Alerts, and devices, that are asked for: the newest, and the first of their order.
    public static let topAlertsMax = 50
    public static let topDevicesMax = 50
    /// How often a screen is drawn at least, as ages grow.
    public static let topRedrawInterval: Duration = .seconds(1)
}
