import Core
import Proof
import ProofTestSupport
import Store
import Synchronization
import Testing

@testable import jameyctl

/// Episodes, counts, rule sets and the log, of a store with a life and of a daemon that tells what
/// the reader of that store has.
@Suite("Episodes, counts, rule sets and the log, asked of the daemon and of the store")
struct EpisodeWordsTests {
    private let recording: Recording
    private let reader: StoreReader
    private let words: SameWords

    init() throws {
        recording = try Recording(PressRules.yaml())
        try recording.live(400, seed: 7, reloads: false)
        reader = try recording.reader()
        words = try SameWords(recording)
    }

    // MARK: Episodes

    @Test("a list of episodes, and how it goes on")
    func episodes() throws {
        let found = try reader.episodes(EpisodeQuery(limit: 20))
        try #require(found.count > 3)
        try words.expect(
            ["memory", "episodes"],
            ["/episodes?limit=20": .page("episodes", found.map(\.json))])
        let entity = found[0].entity
        let own = try reader.episodes(EpisodeQuery(entity: entity, isOpen: true, limit: 20))
        try words.expect(
            ["memory", "episodes", "--entity", entity, "--open"],
            [
                "/episodes?entity=\(entity)&open=true&limit=20": .page(
                    "episodes", own.map(\.json))
            ])
        let page = PlayedDaemon.Answer.page(
            "episodes", found.prefix(2).map(\.json), next: "\(found[1].id)")
        let daemon = try PlayedDaemon(words.socket) { _ in page }
        let command = ["memory", "episodes", "-n", "2"]
        let file = try Command(command + ["--database", recording.path]).wait()
        let asked = try Command(command + ["--socket", words.socket]).wait()
        #expect(asked.output == file.output && asked.code == 0, "\(asked)")
        #expect(asked.errors == file.errors, "\(asked)\n\(file)")
        #expect(asked.errors.contains("--before \(found[1].id)"), "\(asked)")
        _ = try Command(command + ["--before", "7", "--socket", words.socket]).wait()
        #expect(daemon.asked.last?.target == "/episodes?limit=2&cursor=7")
        let foreign = try Command(
            ["memory", "episode", "1", "--socket", words.socket]
        ).wait()
        #expect(foreign.code == 69 && foreign.output.isEmpty, "\(foreign)")
    }

    @Test("one with its messages, on however many pages they come")
    func episode() throws {
        let found = try reader.episodes(EpisodeQuery(limit: 100))
        var topics = try StoredRules.topics(of: reader)
        var best: (episode: StoredEpisode, events: [EpisodeEvent])?
        for episode in found {
            let events = try reader.events(of: episode, limit: 50) { topics.entities(of: $0) }
                .events
            if events.count > best?.events.count ?? 4 { best = (episode, events) }
        }
        let longest = try #require(best)
        let (episode, events) = (longest.episode, longest.events)
        let (id, messages) = (episode.id, events.map(\.json))
        try words.expect(
            ["memory", "episode", "\(id)"],
            ["/episodes/\(id)?limit=50": .json(episode.json(messages: messages))])
        let next = "\(events[1].sequence)"
        try words.expect(
            ["memory", "episode", "\(id)"],
            [
                "/episodes/\(id)?limit=50": .json(
                    episode.json(messages: Array(messages.prefix(2)), next: next)),
                "/episodes/\(id)?limit=48&cursor=\(next)": .json(
                    episode.json(messages: Array(messages.dropFirst(2)))),
            ])
        let first = PlayedDaemon.Answer.json(
            episode.json(messages: Array(messages.prefix(1)), next: "\(events[0].sequence)"))
        for limit in [0, 1] {
            try words.expect(
                ["memory", "episode", "\(id)", "-n", "\(limit)"],
                ["/episodes/\(id)?limit=1": first])
        }
        let none = #"{"error":"there is no episode 99","code":"NOT_FOUND"}"#
        try words.expect(
            ["memory", "episode", "99"],
            ["/episodes/99?limit=50": .json(none, status: 404)], code: 1)
    }

    // MARK: Counts

    @Test("how many memories and roll-ups there are")
    func stats() throws {
        let stats = try MemoryStats(reader).json
        try #require(JSONPiece(stats)["total"]?.int != nil)
        try words.expect(["memory", "stats"], ["/memory/stats": .json(stats)])
        let daemon = try PlayedDaemon(words.socket) { _ in .json("{}") }
        let foreign = try Command(["memory", "stats", "--socket", words.socket]).wait()
        #expect(foreign.code == 69 && foreign.output.isEmpty, "\(foreign)")
        _ = daemon
    }

    // MARK: Rule sets

    private func told(_ stored: StoredRuleset, _ files: [StoredRuleset.File]) -> [[UInt8]] {
        files.map { file in
            JSONWriter.object { json in
                json.member("name", file.name)
                json.member("text", file.text)
            }
        }
    }

    @Test("what differs between two rule sets, one of which is in force")
    func difference() throws {
        let old = try #require(try reader.latestRuleset())
        try recording.activate(PressRules.yaml(limit: 9))
        let new = try #require(try reader.latestRuleset())
        try #require(old.digest != new.digest)
        let activations = [new, old].map { set in
            StoredActivation(
                RuleActivation(
                    eventSequence: 1, at: set.activatedAt, digest: set.digest, how: .reload,
                    author: "ada", userID: nil, message: ""),
                isKept: true
            ).json(isActive: set.digest == new.digest)
        }
        var answers: [String: PlayedDaemon.Answer] = [
            "/rules?limit=1": .json(#"{"ruleset":"\#(new.digest)","rules":[]}"#),
            "/rules/history?limit=1000": .page("activations", activations),
        ]
        for set in [old, new] {
            answers["/rules/sets/sha256%3A\(set.digest.dropFirst(7))?limit=1000"] = .page(
                "files", told(set, set.files))
        }
        let prefix = String(old.digest.dropFirst(7).prefix(8))
        try words.expect(["rules", "diff", prefix, "active"], answers, code: 1)
        try words.expect(["rules", "diff", prefix, "active", "--summary"], answers, code: 1)
        try words.expect(["rules", "diff", prefix, old.digest], answers)
        try words.expect(["rules", "diff", "active", "0000"], answers, code: 1)
        answers["/rules/sets/sha256%3A\(old.digest.dropFirst(7))?limit=1000"] = .json(
            #"{"error":"it is not kept","code":"NOT_FOUND"}"#, status: 404)
        let daemon = try PlayedDaemon(words.socket) { [answers] asked in
            answers[asked.target] ?? .json("{}")
        }
        let gone = try Command(["rules", "diff", prefix, "active", "--socket", words.socket])
            .wait()
        #expect(gone.code == 1 && gone.output.isEmpty, "\(gone)")
        #expect(gone.errors.contains("the files of \(old.digest) are no longer kept"), "\(gone)")
        _ = daemon
    }

    // MARK: The log

    private var events: [[UInt8]] {
        get throws {
            var events: [[UInt8]] = []
            try reader.forEachEvent { event in
                events.append(event.json)
                return true
            }
            return events
        }
    }

    private struct Exported {
        var file: Command.Result
        var asked: Command.Result
    }

    private func export(_ options: String...) throws -> Exported {
        let command = ["log", "export"] + options
        return Exported(
            file: try Command(command + ["--database", recording.path]).wait(),
            asked: try Command(command + ["--socket", words.socket]).wait())
    }

    /// What nothing can read as text.
    private func hearBytes() throws {
        var batch = Batch()
        let message = Message(topic: "plant/a/press-1/telemetry", payload: [0xC3, 0x28])
        batch.events = [
            Event(
                sequence: recording.mind.sequence + 1, at: recording.at, body: .message(message))
        ]
        try recording.commit(batch)
    }

    @Test("the log, on however many pages it comes, to the last byte")
    func log() throws {
        try hearBytes()
        let events = try events
        try #require(events.count > 100)
        let answers: [String: PlayedDaemon.Answer] = [
            "/log?from=1&limit=1000": .page("events", Array(events.prefix(60)), next: "60"),
            "/log?from=1&limit=1000&cursor=60": .page("events", [], next: "61"),
            "/log?from=1&limit=1000&cursor=61": .page("events", Array(events[60...])),
            "/log?from=8&to=9&topic=plant%2F%23&since=2020-01-01T00%3A00%3A00.000000Z&limit=1000":
                .page("events", []),
        ]
        let daemon = try PlayedDaemon(words.socket) { asked in
            answers[asked.target] ?? .json(#"{"error":"no","code":"NO_ANSWER"}"#, status: 500)
        }
        let all = try export()
        #expect(all.file.code == 0 && all.file.output.utf8.count > 1_000)
        #expect(all.asked.code == 0 && all.asked.output == all.file.output, "\(all.asked)")
        let few = try export(
            "--since", "7", "--to", "9", "--topic", "plant/#", "--after", "2020-01-01T00:00:00Z"
        ).asked
        #expect(few.code == 0 && few.output.isEmpty, "\(few) \(daemon.asked)")
        let count = daemon.asked.count
        let never = try export(
            "--after", "2021-01-01T00:00:00Z", "--before", "2020-01-01T00:00:00Z")
        #expect(never.asked.code == 0 && never.file.code == 0 && daemon.asked.count == count)
        #expect(never.asked.output.isEmpty && never.file.output.isEmpty)
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)

        /// From 1 on.
        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }

    @Test("an export waits where it asks too often, and ends where it is refused for good")
    func refused() throws {
        let page = PlayedDaemon.Answer.page("events", [])
        let counter = Counter()
        let daemon = try PlayedDaemon(words.socket) { _ in
            guard counter.next() == 1 else { return page }
            return .json(
                #"{"error":"too many requests","code":"TOO_MANY_REQUESTS"}"#, status: 429,
                fields: ["Retry-After": "1"])
        }
        let waited = try Command(["log", "export", "--socket", words.socket]).wait()
        #expect(waited.code == 0 && daemon.asked.count == 2, "\(waited)")
        let other = words.directory + "/other.sock"
        let guarded = try PlayedDaemon(other) { _ in
            .json(
                #"{"error":"locked out","code":"LOCKED_OUT"}"#, status: 429,
                fields: ["Retry-After": "900"])
        }
        let locked = try Command(["log", "export", "--socket", other]).wait()
        #expect(locked.code == 75 && guarded.asked.count == 1, "\(locked)")
        let circling = words.directory + "/circling.sock"
        let foreign = try PlayedDaemon(circling) { _ in .json(#"{"events":[],"next":"7"}"#) }
        let lost = try Command(["log", "export", "--socket", circling]).wait()
        #expect(lost.code == 69 && foreign.asked.count == 2, "\(lost)")
    }
}
