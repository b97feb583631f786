import Core
import Foundation
import Store
import Testing

@testable import jameyctl

@Suite("What is told of an entity that was forgotten")
struct ForgetReportTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.writer().close()
    }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(["memory"] + arguments + ["--database", scratch.store]).wait()
    }

    /// Each is an event and a memory, both about the entity.
    private func remember(_ content: String, of entity: String) throws {
        let result = try run("store", content, "--entity", entity)
        #expect(result.code == 0, "\(result)")
    }

    /// What would be told of the newest forgetting, had it been done beside a running agent.
    private func reportOfAgent(_ entity: String) throws -> ForgetReport {
        let reader = try StoreReader(path: scratch.store)
        let newest = try #require(try reader.newestForgetting())
        let job = try #require(try reader.forgetting(of: newest.sequence))
        return try ForgetReport(
            EntityForgetting.Done(job: job, isWrittenAnew: false), entity, scratch.store)
    }

    /// Puts a text where no row is, as SQLite leaves one when it moves rows to another page.
    private func leave(_ text: String) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.store)))
        var zeros = 0
        let first = bytes.lastIndex { byte in
            zeros = byte == 0 ? zeros + 1 : 0
            return zeros == 1_000
        }
        let place = try #require(first) + 500
        bytes.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8)
        try scratch.write("jamey.db", bytes)
    }

    @Test("what is of others whose names contain it, is nothing of it")
    func longerNames() throws {
        try remember("the seal leaks", of: "press-7")
        let others = ["press-71", "a-press-7", "press-7.2"]
        for other in others { try remember("\(other) is well", of: other) }
        let result = try run("forget", "--entity", "press-7")
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("nothing of press-7 is left in "), "\(result)")
        let report = try reportOfAgent("press-7")
        #expect(report.ending == nil)
        #expect(report.lines.last?.hasPrefix("nothing of press-7 is left in ") == true)
        for other in others {
            #expect(try run("export", "--entity", other).lines.count == 2, "\(other)")
        }
    }

    @Test("where rows name it an agent cannot tell copies from them, and the run at rest is named")
    func mentions() throws {
        try remember("the seal leaks", of: "press-7")
        try remember("it stands beside press-7.", of: "press-71")
        let result = try run("forget", "--entity", "press-7")
        #expect(result.code == 0, "\(result)")
        let told = "rows that are not about it name it: 1 of event, 1 of memory"
        #expect(result.lines.last?.hasSuffix(told) == true, "\(result)")
        let report = try reportOfAgent("press-7")
        #expect(report.ending == nil)
        let last = try #require(report.lines.last)
        #expect(last.contains(told + "; copies in the free space"), "\(last)")
        #expect(last.contains("stop the agent and forget it again"), "\(last)")
    }

    @Test("a copy in free space is found, though other columns stand directly beside it")
    func freeSpace() throws {
        try remember("the seal leaks", of: "press-7")
        try remember("it is well", of: "press-71")
        #expect(try run("forget", "--entity", "press-7").code == 0)
        try leave("heardpress-71overheat")
        #expect(try reportOfAgent("press-7").ending == nil)
        try leave("heardpress-7overheat")
        let report = try reportOfAgent("press-7")
        #expect(report.ending?.code == Exit.tryAgain)
        let last = try #require(report.lines.last)
        #expect(last.hasPrefix("press-7 stands 1 times in "), "\(last)")
        #expect(last.hasSuffix("in the free space of the file"), "\(last)")
        // There is nothing more about it, and the copy is gone.
        let again = try run("forget", "--entity", "press-7")
        #expect(again.code == Exit.noValue, "\(again)")
        #expect(again.output.contains("nothing of press-7 is left in "), "\(again)")
    }

    @Test("a name as short as 1 ends as any other, though its byte stands everywhere")
    func shortName() throws {
        try remember("the seal leaks", of: "1")
        try remember("there are 71 of 1.5 m", of: "press-71")
        let result = try run("forget", "--entity", "1")
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(!result.output.contains("free space"), "\(result)")
        #expect(try run("export", "--entity", "press-71").lines.count == 2)
        try remember("number 1 is beside it", of: "press-71")
        let report = try reportOfAgent("1")
        #expect(report.ending == nil)
        let last = try #require(report.lines.last)
        #expect(last.contains("1 of memory") && last.contains("stop the agent"), "\(last)")
    }
}
