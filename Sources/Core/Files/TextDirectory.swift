import Glibc

/// The text files that lie in one directory.
public enum TextDirectory {
    /// One of them; a file that cannot be read is listed with the reason.
    public struct File: Sendable {
        /// Within the directory.
        public var name: String
        public var text: Result<String, TextFileError>
    }

    /// Reads every file of a directory that is not hidden and whose name ends as wanted; a link
    /// counts as the file it leads to. Directories below are not entered.
    ///
    /// - Parameters:
    ///   - suffixes: Such as `.yaml`.
    ///   - filesMax: More files of such names are an error.
    ///   - bytesMax: Of each file.
    /// - Returns: in the order of their names, by bytes.
    /// - Throws: every case of `TextDirectoryError`.
    public static func read(
        _ path: String, suffixes: [String], filesMax: Int, bytesMax: Int
    ) throws(TextDirectoryError) -> [File] {
        let names = try names(in: path).filter { name in
            !name.hasPrefix(".") && suffixes.contains { name.hasSuffix($0) }
        }
        guard names.count <= filesMax else {
            throw .tooManyFiles(count: names.count, max: filesMax)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            File(
                name: name,
                text: Result { () throws(TextFileError) in
                    try TextFile.read(path + "/" + name, bytesMax: bytesMax)
                })
        }
    }

    /// The names of all that is in a directory and is UTF-8, hidden or not, in no order.
    /// - Throws: `.doesNotExist`, `.cannotOpen`, `.cannotRead`.
    public static func names(in path: String) throws(TextDirectoryError) -> [String] {
        guard !path.utf8.contains(0) else { throw .cannotOpen("the path holds a zero byte") }
        guard let directory = opendir(path) else {
            if errno == ENOENT { throw .doesNotExist }
            throw .cannotOpen(TextFile.systemMessage())
        }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            if let entry = readdir(directory) {
                if let name = name(of: entry) { names.append(name) }
            } else if errno == 0 {
                return names
            } else {
                throw .cannotRead(TextFile.systemMessage())
            }
        }
    }

    /// nil where it is no UTF-8.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String? {
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// Why a directory was not read. Say so to whoever named it.
public enum TextDirectoryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Make it, or correct the path.
    case doesNotExist
    /// It is no directory, or not ours to open: correct the path or its permissions.
    case cannotOpen(String)
    /// The disk failed: try again, or replace it.
    case cannotRead(String)
    /// Probably another directory was meant: correct the path, or remove files.
    case tooManyFiles(count: Int, max: Int)

    /// What is wrong, to be said behind the directory's name.
    public var description: String {
        switch self {
        case .doesNotExist: "does not exist"
        case .cannotOpen(let reason): "cannot be opened: \(reason)"
        case .cannotRead(let reason): "cannot be read: \(reason)"
        case .tooManyFiles(let count, let max): "has \(count) files: at most \(max) are read"
        }
    }
}
