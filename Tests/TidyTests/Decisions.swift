/// Every decision page can be found from the index.
enum Decisions {
    static func check(pages: [String], index: String) -> [Finding] {
        pages.filter { !index.contains("(\($0))") }.map {
            Finding(path: "docs/decisions/\($0)", line: 0, message: "not linked from README.md")
        }
    }
}
