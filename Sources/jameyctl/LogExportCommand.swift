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
            removed is not there. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

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
        _ = try selection(now: SystemTime().now())
        if since != nil, from != nil { throw ValidationError("--since or --from, not both") }
        for number in [since, from, to] {
            guard let number, !(0..<EventSequence.max).contains(number) else { continue }
            throw ValidationError("a sequence is a whole number from 0 on, not \(number)")
        }
    }

    /// - Throws: only where `validate` has thrown already.
    private func selection(now: Timestamp) throws(ValidationError) -> EventSelection {
        var selection = EventSelection()
        if let after { selection.since = try Since(after, now: now, option: "--after").time }
        if let before { selection.until = try Since(before, now: now, option: "--before").time }
        if let topic {
            do throws(TopicError) {
                selection.filter = try TopicFilter(topic)
            } catch { throw ValidationError("--topic \(topic): \(error)") }
        }
        return selection
    }

    func perform() throws(Ending) {
        let selection: EventSelection
        do throws(ValidationError) {
            selection = try self.selection(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let reader = try store.open()
        var output = LineOutput()
        var ending: Ending?
        do throws(ReadError) {
            var first = from ?? since.map { $0 + 1 } ?? 1
            if let since = selection.since {
                guard let sequence = try reader.firstEvent(at: since) else { return }
                first = max(first, sequence)
            }
            try reader.forEachEvent(from: first, through: to ?? .max) { event in
                if let until = selection.until, event.at >= until { return false }
                guard selection.matches(event) else { return true }
                do throws(Ending) {
                    try output.line(event.json)
                    return true
                } catch {
                    ending = error
                    return false
                }
            }
        } catch { ending = Ending(error) }
        // Before an error is told, too: the lines before it are good.
        if ending != .quiet { try output.flush() }
        if let ending { throw ending }
    }
}
