import Core

/// Shows decisions as the daemon tells of them: first those that were asked for, then what follows.
struct DecisionListener {
    private let daemon: DaemonClient
    private let selection: DecisionSelection
    private let isJSON: Bool
    private var output: LineOutput
    /// What may be heard again although it was there before.
    private var known: Set<String> = []
    /// Whether it was said that the connection is lost.
    private var hasToldLoss = false
    /// What was said of why decisions cannot be told; nil once one was.
    private var toldFault: String?

    init(
        _ daemon: DaemonClient, _ selection: DecisionSelection, isJSON: Bool,
        output: LineOutput = LineOutput()
    ) {
        self.daemon = daemon
        self.selection = selection
        self.isJSON = isJSON
        self.output = output
    }

    /// Shows the newest as many as were asked for, or all since a time.
    /// - Parameter cursor: only those of the pages from there on.
    mutating func list(from cursor: String? = nil) throws(Ending) {
        let limit = selection.limit ?? Limits.daemonListMax
        guard limit > 0 else { return }
        let query: DaemonQuery = [
            ("kind", selection.kind.map { $0 == .verdict ? "verdict" : "alert" }),
            ("entity", selection.entity), ("since", selection.since?.rfc3339(.microseconds)),
        ]
        let found = try daemon.list(
            "/decisions", "decisions", query: query, from: cursor, limit: limit)
        for piece in found.pieces.reversed() {
            let decision = try Self.decision(piece)
            known.insert(decision.id)
            try show(decision)
        }
        try output.flush()
        if selection.limit == nil, found.isMore {
            StandardError.write(
                "jameyctl: there are more; these are the newest \(limit), --database shows all")
        }
    }

    /// Shows what was asked for and goes on, until a signal comes or nobody reads any more.
    /// - Throws: why the daemon was not heard.
    mutating func follow() throws(Ending) {
        Interruption.watch()
        let newest = try daemon.get("/decisions", query: [("limit", "1")]).piece
        // The page ends with the newest, and tells its row where there are others: what is up to
        // there is listed, what comes behind it is heard. The only one there is is heard again.
        let row = newest["next"]?.string.flatMap { Int64($0) }
        let only = newest["decisions"]?.elements?.first?["decision_id"]?.string
        if row == nil, let only { known.insert(only) }
        try list(from: row.map { "\($0 + 1)" })
        let events = daemon.events(after: "\(row ?? 0)")
        defer { events.close() }
        repeat {
            switch try events.next(within: Limits.followInterval) {
            case .event(let event): try take(event)
            case .lost(let ending): tell(ending)
            case .nothing: break
            }
        } while output.wait(.zero)
    }

    private mutating func take(_ event: ServerEvent) throws(Ending) {
        hasToldLoss = false
        switch event.name {
        case "decision", "alert":
            toldFault = nil
            let decision = try Self.decision(JSONPiece(event.data))
            guard known.remove(decision.id) == nil, selection.matches(decision) else { return }
            try show(decision)
            try output.flush()
        case "missed":
            StandardError.write("jameyctl: there were more decisions meanwhile than are told")
        case "fault": tell(fault: JSONPiece(event.data))
        case _: break
        }
    }

    /// It comes again every second for as long as that is so, and with every connection.
    private mutating func tell(fault: JSONPiece) {
        // How the agent is was not asked for.
        guard fault["of"]?.string != "status" else { return }
        let text = fault["error"]?.string ?? "the agent does not say why"
        if text != toldFault {
            StandardError.write("jameyctl: decisions cannot be told at this moment: \(text)")
        }
        toldFault = text
    }

    private mutating func tell(_ loss: Ending) {
        if !hasToldLoss, let text = loss.text { StandardError.write(text) }
        hasToldLoss = true
    }

    private static func decision(_ piece: JSONPiece) throws(Ending) -> Decision {
        guard let decision = Decision(piece) else { throw DaemonAnswer.foreign }
        return decision
    }

    private mutating func show(_ decision: Decision) throws(Ending) {
        if isJSON { return try output.line(decision.json) }
        try output.line(DecisionLine.text(decision, columns: output.columns))
    }
}
