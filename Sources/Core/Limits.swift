/// Every bound of the agent, in one place; what happens at each is said beside it.
public enum Limits {
    // MARK: Messages

    /// A larger payload is rejected (`PAYLOAD_TOO_LARGE`), counted and acknowledged.
    public static let payloadBytesMax = 1 << 20
    /// MQTT 5.0, section 1.5.4.
    public static let topicBytesMax = 65_535
    /// Levels of a filter, pattern or template; more are refused when it is read. Topics that
    /// devices publish on are bounded by their bytes only.
    public static let topicLevelsMax = 128
    /// Characters of a proposal's `action`; outside of 1... the proposal is refused.
    public static let actionCharactersMax = 10_000

    // MARK: A burst

    /// Messages read before a commit; the rest waits in the socket.
    public static let burstCountMax = 512
    /// The same while the outbox is full: much less than `publicationsInFlightMax`, so that more
    /// is confirmed than is added.
    public static let burstCountWhenFull = 16
    /// Bytes of payload read before a commit; the rest waits in the socket.
    public static let burstBytesMax = 4 << 20
    /// Bytes of a block that comes out of the heap; a larger one is the system's, and goes back to
    /// it when it is freed.
    public static let heapBlockBytesMax = 128 << 10
    /// Reading stops after this long, so that timers and the watchdog are served.
    public static let burstTimeMax: Duration = .milliseconds(20)
    /// MQTT 5 receive maximum: how many QoS 1 messages the broker may send unacknowledged.
    public static let receiveMaximum: UInt16 = 512
    /// Our own QoS 1 publications waiting for a PUBACK; more stay in the outbox.
    ///
    /// libmosquitto goes through all of them for every PUBACK.
    public static let publicationsInFlightMax = 128

    // MARK: The broker link

    /// MQTT 5 maximum packet size: the broker itself drops what is larger (3.1.1 has no bound).
    public static let packetBytesMax = 4 << 20
    /// User properties of one message; further ones are not read.
    public static let userPropertiesMax = 128
    /// Bytes of filters in one SUBSCRIBE or UNSUBSCRIBE; more filters go in further packets.
    public static let subscribePacketBytesMax = 64 << 10
    /// From the first step to CONNACK; an attempt that takes longer is abandoned.
    public static let connectTimeMax: Duration = .seconds(10)
    /// Name look-ups that may hang at once; beyond it an attempt fails at once.
    public static let dialsMax = 4
    /// Full jitter: the delay before attempt n is between the floor and 1 s times 2 to the n.
    public static let reconnectDelayBase: Duration = .seconds(1)
    public static let reconnectDelayMin: Duration = .milliseconds(50)
    public static let reconnectDelayMax: Duration = .seconds(60)
    /// The same for a broker that refuses our credentials: soon will not help.
    public static let refusedDelayMin: Duration = .seconds(30)
    public static let refusedDelayMax: Duration = .seconds(300)
    /// The delays start anew only after the link was up for this long.
    public static let stableUpTimeMin: Duration = .seconds(30)
    /// Intervals without our own echo after which a connected link counts as deaf.
    public static let deafIntervals = 3
    /// How long the outbox may drain at a stop before the link says DISCONNECT regardless.
    public static let drainTimeMax: Duration = .seconds(5)
    /// How long DISCONNECT may wait for room in the socket; then it is closed without.
    public static let disconnectTimeMax: Duration = .milliseconds(250)

    // MARK: JSON

    /// Bytes of one document; a larger one is refused (`JSON_TOO_LARGE`).
    public static let jsonBytesMax = (1 << 24) - 1
    /// Deeper nesting is malformed (`JSON_TOO_DEEP`).
    public static let jsonDepthMax = 64
    /// Members of one object or elements of one array.
    public static let jsonElementsMax = 65_536

    // MARK: CEL

    /// Bytes of one expression.
    public static let expressionBytesMax = 16_384
    /// Faults told of one expression; the further ones show when these are mended.
    public static let expressionFaultsMax = 32
    /// Nesting of one expression; deeper is an error of the parser, never of the stack.
    public static let expressionDepthMax = 96
    /// Nodes of one expression after macro expansion.
    public static let expressionNodesMax = 10_000
    /// Levels of lists and maps that the types of an expression tell apart; what lies deeper is
    /// not checked.
    public static let typeDepthMax = 8
    /// Steps of one evaluation; beyond it the evaluation is an error.
    public static let evaluationFuelMax = 1_000_000
    /// Steps that an expression of a rule may cost by its estimate at load; one that may cost more
    /// is refused, since it could run out of fuel.
    public static let expressionCostMax = evaluationFuelMax
    /// Elements that the estimate counts for a value that is not known, as a payload: all levels of
    /// it together, but for a loop each list by itself.
    public static let costElements = 100
    /// Bytes of text that it counts for such a value, all levels together.
    public static let costTextBytes = 1_024
    /// Parts of an expression that the estimate looks at, those in loops repeatedly; an expression
    /// that takes more is refused.
    public static let costVisitsMax = 100_000
    /// Bytes of a string or bytes value made during evaluation.
    public static let valueBytesMax = 1 << 20
    /// Elements of a list or map made during evaluation.
    public static let valueElementsMax = 65_536
    /// Decimals that a clause of `format` may ask for; more are an error.
    public static let formatPrecisionMax = 1_000
    /// Instructions of one regular expression; a larger one is an error where it is compiled.
    public static let patternInstructionsMax = 10_000
    /// Time zones kept in memory; further ones are read from their files at every use.
    public static let timeZonesMax = 64
    /// A larger zone file is not read.
    public static let timeZoneFileBytesMax = 65_536
    /// Steps of one evaluation's trace; further ones are left out.
    public static let traceStepsMax = 1_000

    // MARK: Rules

    public static let ruleNameCharactersMax = 100
    public static let ruleDescriptionCharactersMax = 500
    public static let ruleWeightMax = 100.0
    public static let rulesMax = 20_000
    public static let routesMax = 1_000
    public static let ruleFileBytesMax = 4 << 20
    /// Rule files of one set; more are refused, so that a wrong directory is no rule set.
    public static let ruleFilesMax = 1_000
    /// Publish actions of one rule, and variables of one rule.
    public static let ruleActionsMax = 16
    /// Bytes of a message, value or error that a rule shows; of a longer text the beginning.
    public static let ruleMessageBytesMax = 4_096
    public static let ruleVariablesMax = 64
    /// Bytes of a payload for which rules are passed over by their terms; about a larger one every
    /// rule of the route is asked, since looking at it may use up an evaluation's fuel.
    public static let indexedPayloadBytesMax = 64 << 10
    /// Terms of one condition that the index over rules looks at; further ones are looked at only
    /// by evaluating the rule.
    public static let indexedTermsMax = 8
    /// Values of `params.device in […]` up to which the rule is kept under each of them.
    public static let indexedScopesMax = 16
    /// Fields whose absence is known to make one term an error; a term that needs more of them is
    /// evaluated where only others are missing.
    public static let indexedFieldsMax = 8
    /// Tags of one memory, and characters of one tag.
    public static let memoryTagsMax = 16
    public static let memoryTagCharactersMax = 100
    /// Bytes of a memory's content; of a longer one the beginning.
    public static let memoryContentBytesMax = 4_096
    /// How often one step of a test of rules repeats its message.
    public static let ruleTestRepeatsMax = 100_000

    // MARK: Files

    /// Errors recorded for one file; the last says that there are more.
    public static let sourceErrorsMax = 200
    /// Nesting of a YAML document; deeper is an error.
    public static let yamlDepthMax = 16
    /// Keys and values of one YAML document; more are an error.
    public static let yamlNodesMax = 500_000
    /// Bytes of the configuration file; a larger one is refused.
    public static let configurationBytesMax = 1 << 20
    /// Bytes of the agent's own name, one level of its topics.
    public static let nodeNameBytesMax = 256
    /// Bytes of the topic before all of the agent's own; the rest is for what comes behind it.
    public static let rootBytesMax = 1_024
    /// Characters of the broker's host, the client identifier and the username.
    public static let brokerTextCharactersMax = 1_024
    /// Bytes of a password (MQTT 5.0, section 1.5.6); a larger one is refused.
    public static let credentialBytesMax = 65_535

    // MARK: The mind

    /// Topics that are kept with their routes; beyond it all are forgotten and found anew.
    public static let routedTopicsMax = 40_000
    /// Longer topics are made and routed anew each time.
    public static let routedTopicBytesMax = 256
    /// Entities remembered; beyond it the least recently heard is forgotten.
    public static let entitiesMax = 20_000
    public static let entityNameBytesMax = 1_024
    /// Fields of one entity that its latest payloads do not have any longer; further ones are not
    /// remembered. The latest payloads are remembered whole, each up to a quarter of the bytes.
    public static let entityFieldsMax = 256
    /// Bytes of one entity's working memory and previous payloads; beyond it, not remembered.
    public static let entityBytesMax = 64 << 10
    /// Bytes of working memory over all entities; beyond it the least recently heard is forgotten.
    public static let workingMemoryBytesMax = 64 << 20
    /// Alerts firing at once; beyond it a rule raises no further one (`TOO_MANY_ALERTS`).
    public static let alertsMax = 20_000
    /// How long a resolved alert's retained message stays before it is cleared.
    public static let resolvedAlertRetention: Duration = .seconds(24 * 3600)

    // MARK: Time

    /// Durations of rules: `for`, `keep_firing_for`, `absent`, `cooldown`.
    public static let ruleDurationMin: Duration = .milliseconds(1)
    public static let ruleDurationMax: Duration = .seconds(366 * 24 * 3600)
    /// The span of a window of `over.*`; another is an error of the rule.
    public static let windowSpanMin: Duration = .milliseconds(100)
    public static let windowSpanMax: Duration = .seconds(31 * 24 * 3600)
    /// Samples of a window that are kept one by one; of more, some leave the window late by at most
    /// this part of its span. A window has at most twice as many entries.
    public static let windowExactSamples = 64
    /// Buckets of a quantile's sketch; beyond it the error of the quantile doubles.
    public static let sketchBucketsMax = 2_048
    /// Calls of `over.*`, `changed` and `baseline.*` in one rule; more are refused.
    public static let ruleSitesMax = 32
    /// Bytes of a value that `changed` compares with the next; a larger one is an error.
    public static let changedValueBytesMax = 4_096
    /// Bytes of what rules keep about one entity; beyond it they begin nothing new about it
    /// (`RULE_STATE_FULL`).
    public static let ruleStateBytesMax = 1 << 20
    /// The same over all entities; beyond it the least recently heard is forgotten.
    public static let ruleStatesBytesMax = 64 << 20
    /// Timers of rules set at once; beyond it a rule sets no further one (`TOO_MANY_TIMERS`).
    public static let timersMax = 200_000
    /// Timers that one tick fires; the others follow with the next one, which is due at once.
    public static let timersPerTick = 1_024

    // MARK: Baselines

    /// Fields that the rules of one set ask `baseline.zscore` and `baseline.quantile` for; more
    /// are refused when the rules are read.
    public static let baselineFieldsMax = 1_000
    /// Fields that one `baseline.joint` looks at: those that came first. Further ones are left out.
    public static let jointFieldsMax = 32
    /// Bytes of the name of such a field; one with a longer name is left out.
    public static let jointNameBytesMax = 256
    /// Numbers learned from; a greater one counts as this, so that no square overflows.
    public static let baselineMagnitudeMax = 1e100
    /// Buckets of each of the two sketches of `baseline.quantile`; beyond it the error doubles,
    /// until a bucket is a power of two.
    public static let baselineBucketsMax = 1_024
    /// Bytes of what was learned about one entity; beyond it what belongs to the route that passed
    /// it is learned anew (`BASELINES_FULL`).
    public static let baselineEntityBytesMax = 1 << 20
    /// The same over all entities; beyond it the least recently heard is forgotten.
    public static let baselineBytesMax = 128 << 20

    // MARK: Episodes

    /// Episodes open at once; beyond it none is opened (`TOO_MANY_EPISODES`).
    public static let episodesOpenMax = 20_000
    /// Run-up and follow-up of an episode.
    public static let episodeWindowMax: Duration = .seconds(24 * 3600)
    /// Rules and routes that one episode tells apart; further ones are counted only.
    public static let episodeTriggersMax = 16
    /// Bytes of what such a one said first; of a longer text the beginning.
    public static let episodeMessageBytesMax = 256
    /// Numeric fields whose values before and after are kept; the first ones.
    public static let episodeFieldsMax = 16
    /// Bytes of such a field's name; one with a longer name is left out.
    public static let episodeFieldBytesMax = 128
    /// Events kept with one episode, of its run-up and beginning, and again of its end; further
    /// ones are counted, and are in the log until retention.
    public static let episodeEventsMax = 256
    /// Bytes of topics and payloads of these.
    public static let episodeBytesMax = 256 << 10
    /// Episodes kept; beyond it the oldest are deleted.
    public static let episodesMax = 100_000
    /// The part of the store's bytes that events of episodes may take: one divided by this. Beyond
    /// it those of the oldest are deleted, the episodes themselves are not.
    public static let episodeShareOfStore: Int64 = 8

    // MARK: Store

    /// Bytes of a topic, and of a payload, up to which events are written several at a time.
    public static let togetherBytesMax = 4_096
    /// Publications of the outbox held in memory; further ones wait in the store.
    public static let outboxQueueMax = 4_096
    /// Confirmed rows that are removed at once, without waiting for a burst.
    public static let outboxRemovalsMax = 256
    /// Confirmed rows are removed after this long when no burst takes them along.
    public static let outboxRemovalDelay: Duration = .milliseconds(100)
    /// How often retention, and checkpoints by time, are looked at.
    public static let housekeepingInterval: Duration = .seconds(1)
    /// A checkpoint is made this long after the last when events came, however few.
    public static let checkpointInterval: Duration = .seconds(60)
    /// Two checkpoints are at least this far apart, however many events came.
    public static let checkpointIntervalMin: Duration = .seconds(2)
    /// After a failed commit, how long until the next attempt.
    public static let commitRetryDelay: Duration = .seconds(1)
    /// At a stop, how long the last status messages may take to be confirmed.
    public static let farewellTimeMax: Duration = .seconds(1)
    /// Publications waiting in the outbox; beyond it bursts are small until some were confirmed.
    public static let outboxRowsMax = 100_000
    /// Tail of the log searched for redeliveries after a reconnect.
    public static let redeliveryWindowMax = 4_096
    /// Bytes of payload of that tail held in memory; beyond it the older messages are let go.
    public static let redeliveryBytesMax = 64 << 20
    /// Events between two checkpoints of the mind.
    public static let eventsPerCheckpoint = 50_000
    /// Rows deleted from the log in one slice of retention, at most.
    public static let retentionSliceRows = 2_000
    /// Rows deleted in one slice while few events come in: verdicts wait for a slice. Twice as many
    /// as came in since the last one are deleted where that is more.
    public static let retentionSliceRowsLeast = 256
    /// Bytes of payload deleted from the log in one slice of retention.
    public static let retentionSliceBytes = 4 << 20
    /// Pages given back to the file system in one slice of retention.
    public static let vacuumSlicePages = 256
    /// Topics that event rows name by number; further ones are written out in each row.
    public static let dictionaryTopicsMax = 32_768
    /// Bytes of such a topic; a longer one is written out in each row.
    public static let dictionaryTopicBytesMax = 256
    /// Pages of the write-ahead log after which `maintain` copies them into the file.
    public static let walCheckpointPages = 4_096
    /// Pages written while such a copy went on beside the loop, of which the loop copies fewer
    /// itself; more are left to another copy.
    public static let walRestPages = 256
    /// Pages of the write-ahead log at which a commit does so itself, if `maintain` did not.
    public static let walPagesMax = 16_384
    /// Bytes that the write-ahead log keeps on the disk once it was copied.
    public static let walBytesKept = 64 << 20
    /// Bytes of a checkpoint written in one transaction; a larger one takes several.
    public static let checkpointPartBytes = 256 << 10
    /// Bytes of a file that is checked whole after an unclean end; of a larger one, the tail.
    public static let startCheckBytesMax = 32 << 20
    /// Newest events checked at every start.
    public static let startCheckRows = 1_024
    /// How long a statement waits for another program's lock before it fails.
    public static let databaseBusyTimeout: Duration = .milliseconds(250)
    /// Rows that a reader takes in one transaction, so that it never holds back the log for long.
    public static let readPageRows = 2_048
    /// Bytes of payload after which such a transaction ends earlier, so that few are in memory.
    public static let readPageBytes = 4 << 20

    // MARK: Recall

    /// Queries by MQTT that wait or whose answers the broker has not confirmed; a further one is
    /// answered with `OVERLOADED`.
    public static let queriesMax = 64
    /// Queries of one burst that are answered so; the others are counted only.
    public static let overloadsToldPerBurst = 16
    /// Memories that one query by MQTT may ask for.
    public static let queryMemoriesMax = 100
    /// Bytes of memories in one answer; the rest follows on the next page.
    public static let queryAnswerBytesMax = 256 << 10
    /// New memories of one burst that are told on `memory/updates`; further ones are found only.
    public static let updatesPerBurst = 64
    /// Memories counted where a search has no words; more are "at least so many".
    public static let recallTotalMax = 10_000
    /// Memories that one event forgets; the rest follows with further events.
    public static let forgetSliceRows = 200
    /// Memories kept that nobody pinned; beyond it the oldest are forgotten.
    public static let memoriesMax = 2_000_000
    /// Entities that one memory is linked to beside its own; a further link is refused.
    public static let memoryLinksMax = 16
    /// Memories whose recalls are counted until they are said in the log; further ones are not.
    public static let recallsCounted = 256
    /// How often that is done where something was recalled.
    public static let recallCountInterval: Duration = .seconds(60)
    /// After the last query of a row the reading connection is let go of, with its memory.
    public static let recallIdleMilliseconds = 2_000
    /// How often memories are looked through for those that are too old.
    public static let memoryPassInterval: Duration = .seconds(3600)
    /// Bytes of a search's words; of a longer text the beginning.
    public static let recallTextBytesMax = 4_096
    /// Words and phrases of one search; further ones are no condition.
    public static let recallWordsMax = 32
    /// Memories that match a search's words and are ranked: the newest. Older ones are not found.
    public static let recallCandidatesMax = 1_000
    /// Memories with a word that are counted; how many more have it is concluded from these.
    public static let recallSampleRows = 2_048
    /// Pages of the full-text index that one step merges once something was forgotten.
    public static let indexMergePages = 500

    // MARK: Command line

    /// Bytes of a recording that rules are scored against; a larger one is refused.
    public static let recordingBytesMax = 256 << 20
    /// Memories that one `--limit` may ask for; they are in memory together.
    public static let memoriesShownMax = 1_000

    /// Decisions that one `--limit` may ask for; they are in memory together.
    public static let decisionsShownMax = 10_000
    /// Decisions read at a time where all that match are wanted.
    public static let decisionsPageRows = 256
    /// How often `--follow` looks for new decisions.
    public static let followInterval: Duration = .milliseconds(200)
    /// How long `--follow` bears a store that is being made, migrated or locked.
    public static let followPatienceMax: Duration = .seconds(10)
    /// Bytes of output collected before they are written.
    public static let outputBufferBytes = 64 << 10

    // MARK: Control

    /// Bytes of a request on the control socket; a larger one is refused.
    public static let controlRequestBytesMax = 64 << 10
    /// How long a client may take for its request, and for reading the answer; then it is let go.
    public static let controlTimeMax: Duration = .seconds(2)
    /// How long jameyctl waits for the agent's answer.
    public static let controlPatience: Duration = .seconds(30)
    /// Clients that wait while another is served; further ones are refused by the kernel.
    public static let controlBacklog: Int32 = 8

    // MARK: Status

    /// Messages on `events/errors` per minute; more are counted as suppressed.
    public static let errorsPerMinute = 60
}
