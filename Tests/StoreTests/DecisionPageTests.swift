import Core
import Testing

@testable import Store

@Suite("Pages of decisions")
struct DecisionPageTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Twelve decisions, every third an alert, about two entities by turns, a second apart.
    private func fill() throws {
        let writer = try scratch.writer()
        var next = batch((1...12).map { message($0) })
        for number in 1...12 as ClosedRange<EventSequence> {
            var made = decision("d\(number)", of: number, entity: "press-\(number % 2)")
            if number % 3 == 0 { made.kind = .alert }
            made.isPositive = number % 4 == 0
            made.route = number <= 6 ? "old" : "new"
            next.decisions.append(made)
        }
        _ = try writer.commit(next, synced: false)
        try writer.close()
    }

    /// The numbers of all pages' decisions, page by page.
    private func pages(_ list: DecisionList, looking most: Int = 100) throws -> [[Int64]] {
        let reader = try StoreReader(path: scratch.path)
        var list = list
        var pages: [[Int64]] = []
        while true {
            let page = try reader.page(list, looking: most)
            pages.append(page.decisions.map(\.decision.eventSequence))
            guard let next = page.next else { return pages }
            list.beforeRow = next
            try #require(pages.count < 100, "the pages do not end")
        }
    }

    @Test("every decision is on one page, the newest first")
    func all() throws {
        try scratch.writer().close()
        #expect(try pages(DecisionList()) == [[]])
        try fill()
        let newest: [Int64] = (1...12).reversed()
        for limit in 1...13 {
            let found = try pages(DecisionList(limit: limit))
            #expect(Array(found.joined()) == newest, "\(limit) each")
            #expect(found.allSatisfy { $0.count <= limit && !$0.isEmpty }, "\(found)")
        }
    }

    @Test("all conditions hold, whatever rows lie between")
    func conditions() throws {
        try fill()
        func found(_ list: DecisionList, _ most: Int = 100) throws -> [Int64] {
            Array(try pages(list, looking: most).joined())
        }
        for most in [1, 2, 5, 100] {
            for limit in [1, 2, 50] {
                #expect(
                    try found(DecisionList(kind: .alert, limit: limit), most) == [12, 9, 6, 3])
                #expect(
                    try found(DecisionList(entity: "press-1", limit: limit), most)
                        == [11, 9, 7, 5, 3, 1])
                #expect(
                    try found(
                        DecisionList(kind: .verdict, isPositive: true, limit: limit), most)
                        == [8, 4])
                #expect(
                    try found(
                        DecisionList(entity: "press-0", route: "new", limit: limit), most)
                        == [12, 10, 8])
            }
        }
        #expect(try found(DecisionList(entity: "press")) == [])
        #expect(try found(DecisionList(route: "none"), 1) == [])
    }

    @Test("a time begins with its first decision, and ends before the next")
    func times() throws {
        try fill()
        func found(_ since: Int64?, _ until: Int64?) throws -> [Int64] {
            let list = DecisionList(
                since: since.map { Timestamp(microseconds: $0) },
                until: until.map { Timestamp(microseconds: $0) }, limit: 5)
            return Array(try pages(list).joined())
        }
        #expect(try found(10_000_000, nil) == [12, 11, 10])
        #expect(try found(9_000_001, nil) == [12, 11, 10])
        #expect(try found(nil, 3_000_000) == [2, 1])
        #expect(try found(4_000_000, 7_000_000) == [6, 5, 4])
        #expect(try found(13_000_000, nil) == [])
        #expect(try found(nil, 0) == [])
        #expect(try found(-5, 100_000_000).count == 12)
    }
}
