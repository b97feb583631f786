import CEL
import Core

/// The predicate on the evaluator that the rules run on: the one place that chooses it.
///
/// Kept from message to message, so that an evaluator may keep its memory; what it knows of a
/// message it has to forget with the next.
struct MeasuredPredicate {
    /// Whose the figures are.
    static let evaluator = "compiled"
    private let program: Program
    private let machine = Machine()
    private let inputs = Inputs()
    private var members = MemberTree()
    private var paths = MemberPaths()

    init() throws(ParseError) {
        program = Program(
            try CEL.Expression(BenchPredicate.text, environment: BenchPredicate.environment))
        paths.add(program, slot: BenchPredicate.payloadSlot, to: &members)
    }

    /// Finds what a message has of what the predicate asks for: the end of scanning it, and the
    /// same for a thousand rules.
    func find(in message: borrowing JSONDocument, into found: inout FoundPaths) {
        found.begin(with: paths)
        message.withView { view in
            members.forEachMember(of: 0, in: view) { found.append($0, of: paths) }
        }
    }

    func holds(for message: borrowing JSONDocument, _ found: FoundPaths) -> Bool {
        machine.beginMessage()
        let truth = BenchPredicate.topic.utf8.span.withUnsafeBytes { topic in
            machine.know(topic, asSlot: BenchPredicate.topicSlot)
            return machine.reading(
                message, asSlot: BenchPredicate.payloadSlot, knowing: found
            ) {
                machine.truth(of: program, inputs)
            }
        }
        return truth == .yes
    }
}
