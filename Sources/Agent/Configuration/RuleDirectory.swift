import Core
import Glibc
import Mind

/// The rule files of a directory, as they were read.
public struct RuleDirectory: Equatable, Sendable {
    /// In the order of their names, by bytes.
    public var files: [RuleFile]
    /// What the operator should know, though nothing is wrong.
    public var notice: String?

    /// Reads every `*.yaml` and `*.yml` of a directory that is not hidden; a link counts as the
    /// file it leads to. Directories below are not entered.
    ///
    /// A missing directory has no rules, and a notice.
    /// - Throws: every file that cannot be read, at once; the rules in force stay.
    public static func read(_ path: String) throws(RuleSetErrors) -> RuleDirectory {
        guard let names = try names(in: path) else {
            let notice = "\(path) does not exist: the two default rules apply"
            return RuleDirectory(files: [], notice: notice)
        }
        guard names.count <= Limits.ruleFilesMax else {
            throw failure(path, "has \(names.count) files: at most \(Limits.ruleFilesMax)")
        }
        var files: [RuleFile] = []
        var errors: [SourceError] = []
        for name in names {
            do throws(TextFileError) {
                let bound = Limits.ruleFileBytesMax
                let text = try TextFile.read(path + "/" + name, bytesMax: bound)
                files.append(RuleFile(name: name, text: text))
            } catch {
                errors.append(
                    SourceError(file: name, position: .start, message: error.description))
            }
        }
        if !errors.isEmpty { throw RuleSetErrors(errors: errors) }
        let notice = files.isEmpty ? "\(path) has no rule files: the two default rules apply" : nil
        return RuleDirectory(files: files, notice: notice)
    }

    /// nil where the directory does not exist.
    private static func names(in path: String) throws(RuleSetErrors) -> [String]? {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return nil }
            throw failure(path, "cannot be opened: \(TextFile.systemMessage())")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno == 0 { break }
                throw failure(path, "cannot be read: \(TextFile.systemMessage())")
            }
            guard let name = name(of: entry), isRuleFile(name) else { continue }
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String? {
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func isRuleFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    private static func failure(_ path: String, _ reason: String) -> RuleSetErrors {
        RuleSetErrors(errors: [
            SourceError(file: path, position: .start, message: reason)
        ])
    }
}
