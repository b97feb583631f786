import Foundation

/// The files of the checkout that these tests were compiled from.
struct SourceTree {
    let root: URL
    /// Sources, Tests and scripts, in the order of their paths.
    let files: [SourceFile]

    /// Read once for all tests.
    static let checkout = Result { try load() }

    private static func load() throws -> SourceTree {
        let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var files: [SourceFile] = []
        for folder in ["Sources", "Tests", "scripts"] {
            for path in try paths(below: folder, in: root) {
                let data = try Data(contentsOf: root.appendingPathComponent(path))
                // Fixtures that are no text have no lines to be tidy.
                guard let text = String(data: data, encoding: .utf8) else { continue }
                files.append(SourceFile(path: path, text: text))
            }
        }
        return SourceTree(root: root, files: files)
    }

    /// Decision pages and the text of their index, empty where it is missing.
    func decisions() throws -> (pages: [String], index: String) {
        let folder = root.appendingPathComponent("docs/decisions")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let index = try? String(
            contentsOf: folder.appendingPathComponent("README.md"), encoding: .utf8)
        return (names.filter { $0.first?.isNumber == true }.sorted(), index ?? "")
    }

    private static func paths(below folder: String, in root: URL) throws -> [String] {
        let path = root.appendingPathComponent(folder).path
        return try FileManager.default.subpathsOfDirectory(atPath: path)
            .filter {
                !$0.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" }
            }
            .map { folder + "/" + $0 }
            .filter { name in
                var isFolder: ObjCBool = false
                let full = root.appendingPathComponent(name).path
                return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
            .sorted()
    }
}
