import CEL
import Core

/// The predicate on the evaluator that the rules run on: the one place that chooses it.
///
/// Kept from message to message, so that an evaluator may keep its memory; what it knows of a
/// message it has to forget with the next.
final class MeasuredPredicate {
    /// Whose the figures are.
    static let evaluator = "compiled"
    private let program: Program
    private let machine = Machine()
    private let inputs = Inputs()
    private let members: MemberTree
    private let paths: MemberPaths

    init() throws {
        program = Program(
            try CEL.Expression(BenchPredicate.text, environment: BenchPredicate.environment))
        var members = MemberTree()
        paths = MemberPaths(of: [program], slot: BenchPredicate.payloadSlot, in: &members)
        self.members = members
    }

    /// Finds what a message has of what the predicate asks for: the end of scanning it, and the
    /// same for a thousand rules.
    func find(in message: borrowing JSONDocument, into found: inout [MemberTree.Place]) {
        found.removeAll(keepingCapacity: true)
        message.withView { view in
            members.forEachMember(of: 0, in: view) { found.append($0) }
        }
    }

    func holds(for message: borrowing JSONDocument, _ found: [MemberTree.Place]) -> Bool {
        machine.beginMessage()
        let truth = BenchPredicate.topic.utf8.span.withUnsafeBytes { topic in
            machine.know(topic, asSlot: BenchPredicate.topicSlot)
            return found.span.withUnsafeBufferPointer { found in
                machine.reading(
                    message, asSlot: BenchPredicate.payloadSlot,
                    knowing: FoundMembers(found, paths)
                ) {
                    machine.truth(of: program, inputs)
                }
            }
        }
        return truth == .yes
    }
}
