import Core
import Foundation
import Store
import TestSupport

/// A directory of a test's own, removed with the object, and what the tests put into stores.
final class Scratch {
    private let home: TestDirectory
    var directory: String { home.path }
    var store: String { directory + "/jamey.db" }

    init() throws { home = try TestDirectory("ctl") }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = directory + "/" + name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }

    func writer(_ name: String = "jamey.db") throws(OpenError) -> StoreWriter {
        try StoreWriter(path: directory + "/" + name, durability: .process)
    }
}

/// A decision whose line and JSON can be told from all others by its number.
func decision(
    _ number: Int, kind: Decision.Kind = .verdict, entity: String = "press-7", at: Timestamp? = nil
) -> Decision {
    let body =
        kind == .verdict
        ? #""explanation":"denied by rule-\#(number)""#
        : #""rule":"rule-\#(number)","message":"hot""#
    return Decision(
        id: "id-\(number)", kind: kind,
        at: at ?? Timestamp(microseconds: Int64(number) * 1_000_000),
        eventSequence: EventSequence(number), route: "press-commands", entity: entity,
        isPositive: false, json: Array(#"{"number":\#(number),\#(body)}"#.utf8))
}

func message(_ sequence: EventSequence, _ message: Message? = nil) -> Event {
    let body = message ?? Message(topic: "plant/a", payload: Array("{}".utf8), qos: .atLeastOnce)
    return Event(
        sequence: sequence, at: Timestamp(microseconds: sequence * 1_000_001), body: .message(body))
}

extension StoreWriter {
    func commit(events: [Event] = [], decisions: [Decision] = []) throws(CommitError) {
        var batch = Batch()
        batch.events = events
        batch.decisions = decisions
        _ = try commit(batch, synced: false)
    }
}
