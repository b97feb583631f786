import CEL
import Core

/// What judges and remembers: a pure value that is folded over the log (decision 0001).
///
/// It reads time from events only, draws no random numbers and does no I/O. The same events in the
/// same order, under the same rule sets, give the same outcomes and the same checkpoint.
public struct Mind: Sendable {
    /// What the mind knows about the agent that it belongs to; fixed for the life of a log.
    public struct Settings: Sendable {
        /// The topic below which the agent answers, such as `jamey/edge-1`.
        public let root: String
        /// Marks the decisions of one log, so that they are not taken for another's.
        public var logID: String

        /// Where requests to store a memory are published; kept, since messages are compared.
        let storeTopic: String

        public init(root: String, logID: String) {
            self.root = root
            self.logID = logID
            storeTopic = "\(root)/memory/store"
        }
    }

    public let settings: Settings
    /// nil until the first rule set took effect.
    public internal(set) var ruleset: RuleSet?
    /// The last event that left its mark.
    public internal(set) var sequence: EventSequence = 0
    /// When that event happened.
    public internal(set) var now = Timestamp(microseconds: .min)
    var router: Router
    var entities = EntityTable()
    var alerts = AlertBoard()
    /// What went wrong with entities, and is not over.
    var episodes = EpisodeBoard()
    /// What rules keep about the entities that were heard.
    var memory = RuleMemory()
    /// What was learned about them.
    var baselines = BaselineMemory()
    /// What their numbers came to in the minute that is not over yet.
    var rollUps = RollUpMemory()
    /// Whether only decisions are wanted of it: `judgeOnly()`.
    var judgesOnly = false
    /// The entities that something was proposed about, and what rules keep about those: proposals
    /// neither make a device heard nor keep it from being forgotten.
    var proposed = EntityTable()
    var proposedMemory = RuleMemory()
    /// The rules of each route that act, in their order.
    var active: [[Int]] = []
    /// The same rules, by what their conditions need of a message.
    var indices: [RuleIndex] = []
    /// Off only for what the index is held against: every rule is asked about every message.
    let indexesRules: Bool
    /// The rules of each route that keep something about entities.
    var stateful: [StatefulRules] = []
    /// What the rules of each route ask to be learned.
    var baselinePlans: [BaselinePlan] = []
    /// What the path asks about a route for every message.
    var plans: [RoutePlan] = []
    /// Topics on which nobody may have the agent answer: those of the guards.
    var guardedFilters: [TopicFilter] = []
    /// By rule, whether its failure was reported since it took effect; no part of the judgement.
    var reportedRules: [Bool] = []
    /// By rule, what it had to say since it took effect, or since counting began.
    public internal(set) var ruleCounts: [RuleCounts] = []
    /// When the rules took effect that are counted; nil where counting began later.
    public internal(set) var countedSince: Timestamp?
    /// Rules and entities that met a bound, which is told of once too.
    var unraisedRules: Set<Int> = []
    var fullEntities: Set<ExactText> = []
    var unkeptRules: Set<Int> = []
    var saidTooManyEpisodes = false
    var fullBaselines: Set<Int> = []
    var fullRollUps: Set<Int> = []
    /// Where the entities of kept matches were last: saves looking for them, and is checked.
    var slots = SlotHints()
    /// Memory for reading the next payload; no part of what is known.
    var tape = JSONTape()
    var workbench = Workbench()
    /// What is believed about entities, heard or not: it outlives the rest.
    var souls = SoulTable()
    /// What was felt up to this event is in `souls` already, which came from a store; 0 where the
    /// mind has made them itself.
    var soulsThrough: EventSequence = 0

    public init(settings: Settings) { self.init(settings: settings, indexesRules: true) }

    init(settings: Settings, indexesRules: Bool) {
        self.settings = settings
        self.indexesRules = indexesRules
        router = Router(nil, settings)
    }

    /// Takes in one event and concludes.
    ///
    /// - Parameter event: the next of the log, or one that may become it: an event whose outcome is
    ///   not recorded leaves no mark, and its sequence is free for the next one.
    /// - Parameter isLogged: the event is in the log already, so it leaves its mark in any case.
    public mutating func perceive(_ event: Event, isLogged: Bool = false) -> Outcome {
        precondition(event.sequence == sequence + 1)
        if case .control(let request) = event.body {
            // What falls due before it is judged by what is known then, whenever that is: a
            // request is carried out where no agent runs, too (decisions 0017 and 0018).
            mark(event)
            var outcome = Outcome(of: request, by: event)
            if case .soul(let asked) = request { apply(asked, by: event, into: &outcome) }
            if case .forgotten(let digest, author: _) = request {
                forget(digest: digest, into: &outcome)
            }
            return outcome
        }
        var outcome = advance(to: event)
        if isLogged { outcome.isRecorded = true }
        switch event.body {
        case .message(let message): hear(message, of: event, into: &outcome)
        case .tick, .control: break
        case .ruleset: preconditionFailure("a rule set takes effect through activate(_:by:)")
        }
        outcome.settle()
        guard outcome.isRecorded else { return outcome }
        closeSilent(at: event.at, into: &outcome)
        mark(event)
        return outcome
    }

    /// Lets a rule set take effect, as the event that the log holds for it.
    ///
    /// Alerts of rules that are gone, or act no longer, are resolved, and so are those of routes
    /// that have another topic or name entities otherwise; the others go on. What a rule keeps
    /// about entities goes on where the rule's text is the same, and its timers where the route
    /// hears as before; what was learned on a route where the route's rules still ask for it.
    public mutating func activate(_ ruleset: RuleSet, by event: Event) -> Outcome {
        precondition(event.sequence == sequence + 1)
        var outcome = advance(to: event)
        let (earlier, earlierPlans) = (self.ruleset, baselinePlans)
        adopt(ruleset)
        countedSince = event.at
        carryStates(from: earlier)
        carryBaselines(from: earlier, earlierPlans)
        carryRollUps()
        resolveOrphans(since: earlier, of: event, into: &outcome)
        outcome.isRecorded = true
        mark(event)
        return outcome
    }

    /// When the next timer falls due; perceive a `.tick` then, unless a message comes before.
    public var nextTimer: Timestamp? {
        let dues = (memory.nextDue, alerts.nextDue, episodes.nextDue)
        guard var due = dues.0 ?? dues.1 ?? dues.2 else { return nil }
        if let alert = dues.1 { due = min(due, alert) }
        if let episode = dues.2 { due = min(due, episode) }
        return due
    }

    mutating func adopt(_ ruleset: RuleSet) {
        self.ruleset = ruleset
        router = Router(ruleset, settings)
        active = ruleset.routes.map { route in
            route.rules.filter { ruleset.rules[$0].mode == .active }
        }
        indices = zip(active, ruleset.routes).map { rules, route in
            indexesRules ? RuleIndex(rules, of: ruleset, on: route) : RuleIndex(asking: rules)
        }
        stateful = active.map { StatefulRules($0, of: ruleset) }
        baselinePlans = active.map { BaselinePlan($0, of: ruleset) }
        plans = zip(ruleset.routes, active).map { route, rules in
            RoutePlan(route, asksSouls: rules.contains { ruleset.rules[$0].asksSouls })
        }
        guardedFilters = ruleset.routes.flatMap(\.guardedFilters)
        reportedRules = Array(repeating: false, count: ruleset.rules.count)
        ruleCounts = Array(repeating: RuleCounts(), count: ruleset.rules.count)
        unraisedRules.removeAll()
        fullEntities.removeAll()
        unkeptRules.removeAll()
        fullBaselines.removeAll()
        saidTooManyEpisodes = false
        fullRollUps.removeAll()
    }

    /// Begins in the middle of a log whose beginning is no longer kept.
    ///
    /// - Parameter sequence: the last event that is gone.
    public mutating func begin(after sequence: EventSequence, under ruleset: RuleSet?) {
        self.sequence = sequence
        if let ruleset { adopt(ruleset) }
    }

    private mutating func mark(_ event: Event) {
        sequence = event.sequence
        now = event.at
    }

    /// The filters that the rule set needs messages of. What the agent answers without a rule set
    /// is not among them.
    public var filters: [TopicFilter] {
        guard let ruleset else { return [] }
        var filters = ruleset.routes.compactMap { route -> TopicFilter? in
            switch route.kind {
            case .telemetry(let pattern), .guarded(let pattern, _, _): pattern.filter
            case .evaluate: nil
            }
        }
        if let evaluate = try? TopicFilter(settings.evaluateTopic) { filters.append(evaluate) }
        return filters
    }
}

extension Mind.Settings {
    /// Where requests to judge are published.
    public var evaluateTopic: String { "\(root)/conscience/evaluate" }
    var resultsTopic: String { "\(root)/conscience/results" }
    /// Where new memories are told.
    public var updatesTopic: String { "\(root)/memory/updates" }

    /// Names the nth decision of an event; the first carries no number.
    func decisionID(_ sequence: EventSequence, _ ordinal: Int) -> String {
        let numbers = (ordinal == 0 ? 1 : 2) * (1 + Int64.digitsMax)
        return String(bytesMax: logID.utf8.count + numbers) { id in
            id.append(text: logID)
            id.append(UInt8(ascii: "-"))
            id.append(number: sequence)
            guard ordinal > 0 else { return }
            id.append(UInt8(ascii: "."))
            id.append(number: Int64(ordinal))
        }
    }

    /// Where an alert is told; names are escaped so that each is one level of the topic.
    func alertTopic(rule: String, entity: String) -> String {
        let (rule, entity) = (rule.asTopicLevel, entity.asTopicLevel)
        let between = "/alerts/"
        let count = root.utf8.count + between.utf8.count + rule.utf8.count + 1 + entity.utf8.count
        return String(bytesMax: count) { topic in
            topic.append(text: root)
            topic.append(text: between)
            topic.append(text: rule)
            topic.append(UInt8(ascii: "/"))
            topic.append(text: entity)
        }
    }
}

extension Route {
    /// Where a guard's proposals, commands and denials go; empty on other routes.
    var guardedFilters: [TopicFilter] {
        guard case .guarded(let pattern, let approved, let denied) = kind else { return [] }
        return [pattern.filter] + [approved, denied].compactMap(\.filter)
    }
}

extension TopicTemplate {
    /// Every topic that it can expand to. A placeholder may stand for part of a level, so a level
    /// that has one matches anything.
    var filter: TopicFilter? {
        var levels: [String] = []
        let slash = UInt8(ascii: "/")
        for level in text.utf8.split(separator: slash, omittingEmptySubsequences: false) {
            guard level.contains(UInt8(ascii: "{")) else {
                levels.append(String(Substring(level)))
                continue
            }
            if Self.holdsRest(level) {
                levels.append("#")
                break
            }
            levels.append("+")
        }
        return try? TopicFilter(levels.joined(separator: "/"))
    }

    private static func holdsRest(_ level: Substring.UTF8View) -> Bool {
        let end = Array("...}".utf8)
        return level.indices.contains { level[$0...].starts(with: end) }
    }
}

extension Outcome {
    /// What has effects belongs in the log, whatever the route's record policy.
    mutating func settle() {
        if !decisions.isEmpty || !publications.isEmpty || !episodes.isEmpty { isRecorded = true }
    }
}
