import Core
import Glibc
import Mind

/// The directory of rule files, as it is written: one file at a time, whole or not at all.
///
/// Everything here waits for the disk.
struct RuleFolder: Sendable {
    let path: String

    /// One of its files, as it was before it was changed.
    struct Former {
        let name: String
        /// nil where there was none.
        fileprivate let content: (bytes: [UInt8], mode: mode_t)?

        var exists: Bool { content != nil }
    }

    /// Of a file that there was none of before: read by everyone, as the directory allows.
    private static let newMode: mode_t = 0o644
    private static let permissions: mode_t = 0o7777

    /// Every file that can be of rules or of tests, in the order of their names.
    func files() throws(TextDirectoryError) -> [TextDirectory.File] {
        try TextDirectory.read(
            path, suffixes: RuleFile.suffixes, filesMax: Limits.ruleFilesMax,
            bytesMax: Limits.ruleFileBytesMax)
    }

    /// - Throws: `.isLink`, `.failed`: do not change it.
    func former(_ name: String) throws(RuleFolderError) -> Former {
        var status = stat()
        guard lstat(path(of: name), &status) == 0 else {
            if errno == ENOENT { return Former(name: name, content: nil) }
            throw RuleFolderError(name, errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .isLink(name) }
        do throws(TextFileError) {
            let bytes = try TextFile.readBytes(
                path(of: name), bytesMax: Limits.ruleFileBytesMax
            ) { _ in nil }
            return Former(
                name: name, content: (bytes, status.st_mode & Self.permissions))
        } catch { throw .failed("\(name) \(error)") }
    }

    /// Writes a file beside the one that it replaces, and puts it in its place when it is on the
    /// disk; the mode stays.
    /// - Throws: every case of `RuleFolderError`: the file is as it was, or `restore` makes it so.
    func replace(_ former: Former, with text: String) throws(RuleFolderError) {
        try write(former.name, Array(text.utf8), mode: former.content?.mode ?? Self.newMode)
    }

    /// - Throws: `.readOnly`, `.failed`: the file is still there, or `restore` makes it so.
    func remove(_ name: String) throws(RuleFolderError) {
        guard unlink(path(of: name)) == 0 || errno == ENOENT else {
            throw RuleFolderError(name, errno)
        }
        try sync()
    }

    /// Has the file again as it was.
    func restore(_ former: Former) throws(RuleFolderError) {
        if let content = former.content {
            try write(former.name, content.bytes, mode: content.mode)
        } else {
            try remove(former.name)
        }
    }

    private func path(of name: String) -> String { path + "/" + name }

    private func write(
        _ name: String, _ bytes: [UInt8], mode: mode_t
    ) throws(RuleFolderError) {
        removeLeftovers()
        // Hidden, and of another ending: no rule file to whoever reads the directory meanwhile.
        let beside = path(of: ".\(name).\(UInt64.random(in: .min ... .max)).new")
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RuleFolderError(name, errno) }
        do throws(RuleFolderError) {
            defer { close(descriptor) }
            try Self.write(bytes, to: descriptor, name)
            guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
                throw RuleFolderError(name, errno)
            }
        } catch {
            unlink(beside)
            throw error
        }
        guard rename(beside, path(of: name)) == 0 else {
            let error = RuleFolderError(name, errno)
            unlink(beside)
            throw error
        }
        try sync()
    }

    /// Removes what was being written when the power went, or the agent: files are written one at a
    /// time, so such a one is nobody's. Where that fails it stays, and harms nothing.
    private func removeLeftovers() {
        for name in (try? TextDirectory.names(in: path)) ?? [] where Self.isLeftover(name) {
            unlink(path(of: name))
        }
    }

    /// Whether it is called as what is written beside a rule file: `.10.yaml.4711.new`
    private static func isLeftover(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[0].isEmpty, parts.last == "new" else { return false }
        let written = parts[1..<(parts.count - 2)].joined(separator: ".")
        return UInt64(parts[parts.count - 2]) != nil
            && RuleFile.suffixes.contains { written.hasSuffix($0) }
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: Int32, _ name: String
    ) throws(RuleFolderError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { throw RuleFolderError(name, errno) }
            } else {
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Makes the names in the directory durable.
    private func sync() throws(RuleFolderError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RuleFolderError("the directory", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw RuleFolderError("the directory", errno) }
    }
}

/// Why a rule file was not written.
enum RuleFolderError: Error, Equatable {
    /// The agent may not write there: allow it, or edit the file by hand and reload.
    case readOnly
    /// There is no such directory: make it.
    case missing
    /// A link, or no file at all: edit what it leads to.
    case isLink(String)
    /// The disk: try again, or mend it.
    case failed(String)

    fileprivate init(_ name: String, _ code: Int32) {
        switch code {
        case EROFS, EACCES, EPERM: self = .readOnly
        case ENOENT: self = .missing
        case _: self = .failed("\(name): \(String(cString: strerror(code)))")
        }
    }
}
