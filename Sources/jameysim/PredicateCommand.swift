import ArgumentParser
import Core

/// `jameysim cel`: what one condition costs, without a broker.
struct PredicateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cel",
        abstract: "Evaluates one condition often and prints what it took, a line of JSON a case.")

    @Option(
        name: .customLong("case"),
        help: "all (terms), first-false, scan (of the payload alone) or tree; without it each.")
    var only: PredicateLoop.Case?

    @Option(help: "How often, an even number up to 1,000,000,000.")
    var count = 1_000_000

    @Flag(help: "Prints the condition and its messages instead.")
    var show = false

    func validate() throws {
        guard (2...1_000_000_000).contains(count), count.isMultiple(of: 2) else {
            throw ValidationError("--count is an even number from 2 to 1,000,000,000")
        }
    }

    func run() throws {
        if show { return say(Self.shown) }
        let loop = PredicateLoop(count: count)
        for measured in only.map({ [$0] }) ?? PredicateLoop.Case.allCases {
            let figures = try loop.run(measured)
            let expected = loop.expected(measured)
            guard figures.held == expected else {
                throw SimError.wrong(
                    "\(measured.rawValue): held \(figures.held) times of \(count), not \(expected)")
            }
            say(
                """
                {"case":"\(measured.rawValue)","evaluator":"\(MeasuredPredicate.evaluator)",\
                "count":\(figures.count),"held":\(figures.held),\
                "took_us":\(figures.took.microseconds)}
                """)
        }
    }

    /// What others have to be given to answer the same question.
    static var shown: String {
        let members: [JSONObject.Member] = [
            .init(name: "expression", value: .string(BenchPredicate.text)),
            .init(name: "topic", value: .string(BenchPredicate.topic)),
            .init(name: "payload", value: .string(BenchPredicate.payload)),
            .init(name: "calm_payload", value: .string(BenchPredicate.calmPayload)),
        ]
        return String(decoding: JSONValue.object(JSONObject(members)).encoded(), as: UTF8.self)
    }
}

extension PredicateLoop.Case: ExpressibleByArgument {}
