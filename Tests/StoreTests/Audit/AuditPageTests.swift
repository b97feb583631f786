import Core
import Testing

@testable import Store

@Suite("Pages of the audit chain")
struct AuditPageTests {
    /// The links of all pages.
    private func links(
        _ list: AuditList, _ reader: StoreReader, looking most: Int = 1_000
    ) throws -> [AuditLink] {
        var list = list
        var links: [AuditLink] = []
        for _ in 0..<1_000 {
            let page = try reader.page(list, looking: most)
            #expect(page.links.count <= list.limit)
            links += page.links
            guard let next = page.next else { return links }
            list.beforeSeq = next
        }
        Issue.record("the pages do not end")
        return links
    }

    @Test("every link is on one page, the newest first, also of one kind")
    func all() throws {
        let store = try AuditedStore.full()
        let reader = try StoreReader(path: store.scratch.path)
        var whole: [AuditLink] = []
        try reader.forEachLinkFromNewest { link in
            whole.append(link)
            return true
        }
        for limit in [1, 7, whole.count, 1_000] {
            for most in [1, 3, 1_000] {
                let found = try links(AuditList(limit: limit), reader, looking: most)
                #expect(found == whole, "\(limit) each, looking at \(most)")
            }
        }
        for kind in AuditLink.Kind.allCases {
            let wanted = whole.filter { $0.kind == kind }
            for most in [1, 1_000] {
                let list = AuditList(kind: kind, limit: 2)
                #expect(try links(list, reader, looking: most) == wanted, "\(kind)")
            }
        }
    }

    @Test("those of a time are found, also where older ones were linked anew behind them")
    func since() throws {
        let store = try AuditedStore.full()
        let reader = try StoreReader(path: store.scratch.path)
        var whole: [AuditLink] = []
        try reader.forEachLinkFromNewest { link in
            whole.append(link)
            return true
        }
        for link in whole {
            let wanted = whole.filter { $0.at >= link.at }
            #expect(try links(AuditList(since: link.at, limit: 3), reader) == wanted)
        }
    }
}
