import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl soul record`
struct SoulRecordCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Records what a person feels about an entity.",
        discussion: """
            It is an event of the log. The agent's API says by itself who asks; --user names \
            somebody at the store's file, as does --database: there the agent does it where it \
            runs, and it takes the right to write there. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

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

    func perform() throws(Ending) {
        try author.resolve(place).carryOut(request, asJSON: json)
    }
}

/// `jameyctl soul set`
struct SoulSetCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Sets the trust in an entity.",
        discussion: """
            All earlier evidence counts no more. As much as makes this trust takes its place, 10 \
            pieces at least, and is forgotten like any other. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

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

    func perform() throws(Ending) {
        try author.resolve(place).carryOut(request, asJSON: json)
    }
}

/// `jameyctl soul decay`
struct SoulDecayCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decay", abstract: "Has evidence about an entity forgotten, as by time.",
        discussion: """
            One half-life leaves half of it. Exits with 1 when nothing was recorded about it. Exit \
            codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

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

    func perform() throws(Ending) {
        try author.resolve(place).carryOut(request, asJSON: json)
    }
}

/// `jameyctl soul forget`
struct SoulForgetCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Forgets what is believed of an entity.",
        discussion: """
            Its trust is 0.5 again and the evidence is deleted; memories and decisions about it \
            stay. Exits with 1 when nothing was recorded about it. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var entity: EntityName

    @OptionGroup var author: AuthorOption

    @OptionGroup var confirmation: Confirmation

    func validate() throws { try request.check() }

    private var request: SoulRequest {
        SoulRequest(entity: entity.name, action: .forget, author: author.name)
    }

    func perform() throws(Ending) {
        switch try author.resolve(place) {
        case .file(let store):
            guard try store.carryOut(.soul(request)).changed > 0 else {
                throw .noSoul(entity.name)
            }
        case .daemon(let daemon):
            try daemon.ask(
                DaemonRequest(.delete, "/soul/\(entity.name)"), missing: .noSoul(entity.name))
        }
        try confirmation.tell {
            $0.member("entity", entity.name)
            $0.member("forgotten", true)
        }
    }
}

/// Who does it.
struct AuthorOption: ParsableArguments {
    @Option(
        help: """
            Who says so, at the store's file (default: the account that runs this); the agent's \
            API knows who asks.
            """)
    var user: String?

    var name: String { user ?? Author.name }

    /// Where it is done: whom somebody names counts at the file only.
    func resolve(_ place: PlaceOptions) throws(Ending) -> Place {
        try place.resolve(fileFor: user == nil ? nil : "--user")
    }
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
