import Core
import Testing

@testable import jameyctl

@Suite("Lines that differ")
struct LineDifferenceTests {
    private func text(_ old: String, _ new: String) -> [String] {
        LineDifference(from: old, to: new).hunks.flatMap { hunk in
            [hunk.header] + hunk.lines.map { String($0.kind.rawValue) + $0.text }
        }
    }

    @Test("a changed line is shown with three lines around it")
    func one() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let new = old.replacing("10\n", with: "ten\n")
        #expect(
            text(old, new) == [
                "@@ -7,7 +7,7 @@", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13",
            ])
    }

    @Test("changes that are near are one piece, those that are far are two")
    func pieces() {
        let old = (1...40).map { "\($0)\n" }.joined()
        let near = old.replacing("10\n", with: "ten\n").replacing("15\n", with: "")
        #expect(LineDifference(from: old, to: near).hunks.map(\.header) == ["@@ -7,12 +7,11 @@"])
        let far = old.replacing("10\n", with: "ten\n").replacing("30\n", with: "")
        #expect(
            LineDifference(from: old, to: far).hunks.map(\.header)
                == ["@@ -7,7 +7,7 @@", "@@ -27,7 +27,6 @@"])
    }

    @Test("whole files come and go as diff shows them")
    func whole() {
        #expect(text("", "a\nb\n") == ["@@ -0,0 +1,2 @@", "+a", "+b"])
        #expect(text("a\n", "") == ["@@ -1,1 +0,0 @@", "-a"])
        #expect(text("a\n", "a\n").isEmpty)
    }

    @Test("more lines than are compared are shown as replaced")
    func bound() {
        let count = Limits.diffLinesMax + 1
        let old = (0..<count).map { "a\($0)\n" }.joined()
        let new = (0..<count).map { "b\($0)\n" }.joined()
        let hunks = LineDifference(from: old, to: new).hunks
        #expect(hunks.count == 1 && hunks[0].lines.count == 2 * count)
    }
}
