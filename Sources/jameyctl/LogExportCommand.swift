import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl log export`
struct LogExportCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the event log as JSON Lines, oldest first.",
        discussion: """
            A message has seq, at, topic, qos, retain, properties where it has some, and payload, \
            or payload_base64 where that is no UTF-8; other events have a kind. What retention has \
            removed is not there. By the agent it comes in pages, each as the log is then. Exit \
            codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Option(help: "Only events behind this one, the last of an earlier export.")
    var since: EventSequence?

    @Option(help: "Only events from this one on.")
    var from: EventSequence?

    @Option(help: "Only events up to this one.")
    var to: EventSequence?

    @Option(help: "Only messages on topics of this filter: 'plant/+/press-7/#'.")
    var topic: String?

    @Option(help: "Only events since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var after: String?

    @Option(help: "Only events before then.")
    var before: String?

    func validate() throws {
        _ = try list(now: SystemTime().now())
        if since != nil, from != nil { throw ValidationError("--since or --from, not both") }
        for number in [since, from, to] {
            guard let number, !(0..<EventSequence.max).contains(number) else { continue }
            throw ValidationError("a sequence is a whole number from 0 on, not \(number)")
        }
    }

    /// What is wanted, but for the numbers.
    /// - Throws: only where `validate` has thrown already.
    private func list(now: Timestamp) throws(ValidationError) -> LogList {
        var list = LogList(limit: Limits.apiPageMax)
        if let after { list.since = try Since(after, now: now, option: "--after").time }
        if let before { list.until = try Since(before, now: now, option: "--before").time }
        if let topic {
            do throws(TopicError) {
                list.filter = try TopicFilter(topic)
            } catch { throw ValidationError("--topic \(topic): \(error)") }
        }
        return list
    }

    func perform() throws(Ending) {
        var list: LogList
        do throws(ValidationError) {
            list = try self.list(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        list.first = from ?? since.map { $0 + 1 } ?? 1
        list.last = to ?? .max
        let export = LogExport(list: list)
        switch try place.resolve() {
        case .file(let store): try export.write(try store.open())
        case .daemon(let daemon): try export.write(askedOf: daemon)
        }
    }
}
