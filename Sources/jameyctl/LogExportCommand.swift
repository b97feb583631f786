import ArgumentParser
import Core
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

    func validate() throws {
        if since != nil, from != nil { throw ValidationError("--since or --from, not both") }
        for number in [since, from, to] {
            guard let number, !(0..<EventSequence.max).contains(number) else { continue }
            throw ValidationError("a sequence is a whole number from 0 on, not \(number)")
        }
    }

    func perform() throws(Ending) {
        let reader = try store.open()
        var output = LineOutput()
        var ending: Ending?
        do throws(ReadError) {
            let first = from ?? since.map { $0 + 1 } ?? 1
            try reader.forEachEvent(from: first, through: to ?? .max) { event in
                do throws(Ending) {
                    try output.line(EventLine.json(event))
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
