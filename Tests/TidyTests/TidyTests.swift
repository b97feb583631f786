import Testing

/// The rules of the house that a machine can check, on the checkout itself.
@Suite("Tidiness")
struct TidyTests {
    private func expectNone(
        sourceLocation: SourceLocation = #_sourceLocation, _ check: (SourceFile) -> [Finding]
    ) throws {
        let files = try SourceTree.checkout.get().files
        // A wrong root would find nothing and pass.
        #expect(files.contains { $0.path == "Sources/Core/Limits.swift" })
        let findings = files.flatMap(check)
        let list = findings.map(\.description).joined(separator: "\n")
        #expect(findings.isEmpty, "\(findings.count):\n\(list)", sourceLocation: sourceLocation)
    }

    @Test("imports point strictly downwards")
    func floors() throws { try expectNone(Floors.check) }

    @Test("files, functions and lines can be read at a glance")
    func sizes() throws { try expectNone(Sizes.check) }

    @Test("no name says nothing")
    func emptyNames() throws { try expectNone(Words.emptyNames) }

    @Test("nothing was left for later")
    func leftovers() throws { try expectNone(Words.leftovers) }

    @Test("every way around the compiler gives its reason")
    func evasions() throws { try expectNone(Words.evasions) }

    @Test("nothing sleeps in place of a condition")
    func sleeps() throws { try expectNone(Words.sleeps) }

    @Test("nothing asks for a priority that goes before the loop")
    func priorities() throws { try expectNone(Words.priorities) }

    @Test("the mind and its language know no clock and no chance")
    func impurities() throws { try expectNone(Words.impurities) }

    @Test("no path of one developer's machine is written down")
    func machinePaths() throws { try expectNone(Words.machinePaths) }

    @Test("every decision can be found from the index")
    func decisions() throws {
        let (pages, index) = try SourceTree.checkout.get().decisions()
        let findings = Decisions.check(pages: pages, index: index)
        #expect(findings.isEmpty, "\(findings)")
        #expect(!pages.isEmpty)
    }
}
