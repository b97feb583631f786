import Core

/// `jameyctl top` for a pipe, a file or a script.
struct TopStream {
    private let clock = SystemTime()
    private let sampler: TopSampler
    private let isJSON: Bool
    private var view: TopView
    private var output = LineOutput()

    init(_ view: TopView, _ sampler: TopSampler, isJSON: Bool) {
        self.view = view
        self.sampler = sampler
        self.isJSON = isJSON
    }

    /// Two looks, between which something can have happened, and what they came to.
    /// - Throws: why the daemon was not seen.
    mutating func once() throws(Ending) {
        view.take(try sampler.look(view.order))
        guard output.wait(view.interval) else { return }
        view.take(try sampler.look(view.order))
        try tell()
    }

    /// One object per look, until a signal comes or nobody reads any more.
    /// - Throws: why the daemon was not seen, where that was so from the beginning and will be.
    mutating func goOn() throws(Ending) {
        Interruption.watch()
        repeat {
            do throws(Ending) { view.take(try sampler.look(view.order)) } catch {
                // It was not the daemon that kept silent.
                if Interruption.hasCome { throw .quiet }
                guard view.isWorthWaiting(after: error) else { throw error }
                view.miss(error, at: clock.monotonic())
            }
            try tell()
        } while output.wait(view.interval)
    }

    private mutating func tell() throws(Ending) {
        let (now, time) = (clock.monotonic(), clock.now())
        if isJSON {
            try output.line(view.json(at: now, time))
        } else {
            let size = TerminalScreen().size
            let lines = view.lines(
                columns: size.columns, rows: size.rows, at: now, time, hasKeys: false)
            for line in lines { try output.line(line.text) }
        }
        try output.flush()
    }
}
