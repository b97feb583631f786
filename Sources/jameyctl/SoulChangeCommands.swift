import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl soul record`
struct SoulRecordCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Records what a person feels about an entity.",
        discussion: """
            It is an event of the log, done by the agent where it runs, else at its store, and \
            takes the right to write there. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @OptionGroup var entity: EntityName

    @Argument(help: "love, joy, neutral, sadness or anger.")
    var emotion: Emotion

    @Option(
        help: """
            How much evidence it is, \(Limits.soulWeights.lowerBound) to \
            \(Limits.soulWeights.upperBound) pieces.
            """)
    var weight = 1.0

    @Option(help: "Why.")
    var note: String?

    @OptionGroup var author: AuthorOption

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws {
        guard Limits.soulWeights.contains(weight) else {
            throw ValidationError(
                "--weight must be from \(Limits.soulWeights.lowerBound) to "
                    + "\(Limits.soulWeights.upperBound)")
        }
        try request.check()
    }

    private var request: SoulRequest {
        SoulRequest(
            entity: entity.name,
            action: .record(emotion, weight: Soul.amount(weight), note: note ?? ""),
            author: author.name)
    }

    func perform() throws(Ending) { try store.carryOut(request, isJSON: json) }
}

/// `jameyctl soul set`
struct SoulSetCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Sets the trust in an entity.",
        discussion: """
            All earlier evidence counts no more. As much as makes this trust takes its place, 10 \
            pieces at least, and is forgotten like any other. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @OptionGroup var entity: EntityName

    @Argument(
        help: """
            From \(Limits.soulTrustSet.lowerBound) to \(Limits.soulTrustSet.upperBound).
            """)
    var trust: Double

    @OptionGroup var author: AuthorOption

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws { try request.check() }

    private var request: SoulRequest {
        SoulRequest(entity: entity.name, action: .set(trust), author: author.name)
    }

    func perform() throws(Ending) { try store.carryOut(request, isJSON: json) }
}

/// `jameyctl soul decay`
struct SoulDecayCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decay", abstract: "Has evidence about an entity forgotten, as by time.",
        discussion: """
            One half-life leaves half of it. Exits with 1 when nothing was recorded about it. Exit \
            codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @OptionGroup var entity: EntityName

    @Option(
        help: """
            How many half-lives pass, \(Limits.soulHalfLivesDecayed.lowerBound) to \
            \(Limits.soulHalfLivesDecayed.upperBound).
            """)
    var halfLives = 1.0

    @OptionGroup var author: AuthorOption

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws { try request.check() }

    private var request: SoulRequest {
        SoulRequest(
            entity: entity.name, action: .decay(halfLives: halfLives), author: author.name)
    }

    func perform() throws(Ending) { try store.carryOut(request, isJSON: json) }
}

/// `jameyctl soul forget`
struct SoulForgetCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Forgets what is believed of an entity.",
        discussion: """
            Its trust is 0.5 again and the evidence is deleted; memories and decisions about it \
            stay. Exits with 1 when nothing was recorded about it. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @OptionGroup var entity: EntityName

    @OptionGroup var author: AuthorOption

    func validate() throws { try request.check() }

    private var request: SoulRequest {
        SoulRequest(entity: entity.name, action: .forget, author: author.name)
    }

    func perform() throws(Ending) {
        guard try Control(store: store.database).carryOut(.soul(request)).changed > 0 else {
            throw .noSoul(entity.name)
        }
    }
}

/// Who does it.
struct AuthorOption: ParsableArguments {
    @Option(help: "Who says so (default: the account that runs this).")
    var user: String?

    var name: String { user ?? Author.name }
}

extension Emotion: ExpressibleByArgument {}

extension SoulRequest {
    /// Checks it as the agent will.
    fileprivate func check() throws(ValidationError) {
        do throws(RequestError) {
            _ = try ControlRequest(json: ControlRequest.soul(self).json)
        } catch { throw ValidationError(error.message) }
    }
}

extension StoreOption {
    /// Has it done, and shows what came of it.
    fileprivate func carryOut(_ request: SoulRequest, isJSON: Bool) throws(Ending) {
        guard try Control(store: database).carryOut(.soul(request)).changed > 0 else {
            throw .noSoul(request.entity)
        }
        let reader = try open()
        let stored: StoredSoul?
        do throws(ReadError) {
            stored = try reader.soul(of: request.entity)
        } catch { throw Ending(error) }
        guard let stored else { return }
        var output = LineOutput()
        if isJSON {
            try output.line(stored.json)
        } else {
            try output.line(SoulLine.text(stored, columns: output.columns))
        }
        try output.flush()
    }
}
