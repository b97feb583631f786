import ArgumentParser
import Core

/// `jameyctl memory export`
struct MemoryExportCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes everything that is kept about an entity as JSON Lines.",
        discussion: """
            Each line has one member, which says what it is: event, decision, memory, memory_link \
            (a memory that is linked to it), soul, evidence, episode, episode_event (a message \
            that was kept with one), rollup_minute, rollup_hour, rollup_day, shadow_difference or \
            alert_ack (that a person has seen an alert). Its value is what the command that shows \
            the same writes with --json; of each kind the oldest come first. An event is about \
            the entity that a route finds in its topic, or that a request names. By the agent, \
            who wants an administrator, and from the file alike it comes in pages, each as the \
            store is then: what is there from the beginning to the end is told once. Exits with 1 \
            when there is nothing. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Option(help: "Whom it is about.")
    var entity: String

    func validate() throws {
        guard (1...Limits.entityNameBytesMax).contains(entity.utf8.count) else {
            throw ValidationError("--entity must have 1 to \(Limits.entityNameBytesMax) bytes")
        }
    }

    func perform() throws(Ending) {
        let export = EntityExport(of: entity, at: SystemTime().now())
        try export.write(from: try place.resolve())
    }
}
