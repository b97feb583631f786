import ArgumentParser
import Core
import Glibc

/// `jameyctl top`
struct TopCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows live what the agent does: rates, delays, components, alerts, devices.",
        discussion: """
            Messages, decisions and commits per second and the quantiles of how long commits took \
            are those between two looks. Devices stand in the order of the messages that were \
            recorded of each within the minute before; the tab key shows those that were heard \
            last, and those that are silent longest. The arrow keys go through the alerts; q ends \
            it, as SIGINT and SIGTERM do, with 0; a signal ends --once as it ends any command. \
            While the daemon is away, that is said above what was seen last, and it goes on. With \
            --once or --json no terminal is needed. The role viewer is enough. Exit codes: see \
            jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(help: "Between two looks, 200ms to 1h.")
    var interval = "2s"

    @Flag(help: "One screen as plain text, after one interval.")
    var once = false

    @Flag(help: "One JSON object per interval; with --once only one.")
    var json = false

    func validate() throws { _ = try pause() }

    /// - Throws: only where `validate` has thrown already.
    private func pause() throws(ValidationError) -> Duration {
        var wrong = "must be from 200ms to 1h"
        do throws(QuantityError) {
            let pause = try Duration(text: interval)
            if Limits.topIntervals.contains(pause) { return pause }
        } catch { wrong = "\(error)" }
        throw ValidationError("--interval \(interval): \(wrong)")
    }

    func perform() throws(Ending) {
        let pause: Duration
        do throws(ValidationError) { pause = try self.pause() } catch {
            throw .failure(Exit.usage, error.message)
        }
        let client = try daemon.client()
        let view = TopView(place: client.place.description, interval: pause)
        let sampler = TopSampler(client)
        if once || json {
            var stream = TopStream(view, sampler, isJSON: json)
            if once { try stream.once() } else { try stream.goOn() }
            return
        }
        guard isatty(STDOUT_FILENO) == 1 else {
            throw .failure(
                Exit.usage,
                "standard output is no terminal: --once shows one screen, --json goes on")
        }
        var terminal = try TopTerminal(view, TopWatcher(sampler))
        try terminal.run()
    }
}
