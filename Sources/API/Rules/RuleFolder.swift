import Core
import Glibc
import Mind

/// The directory of rule files, as it is written: one file at a time, whole or not at all.
///
/// Everything here waits for the disk.
struct RuleFolder: Sendable {
    let path: String

    /// One of its files, as it is at some moment.
    struct Version {
        let name: String
        /// nil where there is none.
        fileprivate let content: (bytes: [UInt8], mode: mode_t)?

        var exists: Bool { content != nil }

        /// With another text; the mode stays.
        func with(_ text: String) -> Version {
            Version(name: name, content: (Array(text.utf8), content?.mode ?? RuleFolder.newMode))
        }

        /// Without the file.
        var removed: Version { Version(name: name, content: nil) }

        fileprivate func hasSameBytes(as other: Version) -> Bool {
            content?.bytes == other.content?.bytes
        }
    }

    /// Of a file that there was none of before: read by everyone, as the directory allows.
    fileprivate static let newMode: mode_t = 0o644
    private static let permissions: mode_t = 0o7777

    /// Every file that can be of rules or of tests, in the order of their names.
    func files() throws(TextDirectoryError) -> [TextDirectory.File] {
        try TextDirectory.read(
            path, suffixes: RuleFile.suffixes, filesMax: Limits.ruleFilesMax,
            bytesMax: Limits.ruleFileBytesMax)
    }

    /// - Throws: `.isLink`, `.failed`, `.readOnly`: do not change it.
    func version(_ name: String) throws(RuleFolderError) -> Version {
        var status = stat()
        guard lstat(path(of: name), &status) == 0 else {
            if errno == ENOENT { return Version(name: name, content: nil) }
            throw RuleFolderError(name, errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .isLink(name) }
        do throws(TextFileError) {
            let bytes = try TextFile.readBytes(
                path(of: name), bytesMax: Limits.ruleFileBytesMax
            ) { _ in nil }
            return Version(
                name: name, content: (bytes, status.st_mode & Self.permissions))
        } catch { throw .failed("\(name) \(error)") }
    }

    /// Has a file be another, unless somebody else has changed it meanwhile.
    ///
    /// It is written beside the old one, and put in its place when it is on the disk. It is
    /// compared with what it was just before that, which leaves the moment of one system call in
    /// which somebody may still save it.
    /// - Throws: every case of `RuleFolderError`. After `.changed` the file is whoever's has
    ///   changed it; else it is as it was, or the same the other way makes it so.
    func change(from former: Version, to later: Version) throws(RuleFolderError) {
        guard let content = later.content else { return try remove(former) }
        let name = later.name
        // Hidden, and of another ending: no rule file to whoever reads the directory meanwhile.
        let beside = path(of: ".\(name).\(UInt64.random(in: .min ... .max)).new")
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RuleFolderError(name, errno) }
        do throws(RuleFolderError) {
            defer { close(descriptor) }
            removeLeftovers(olderThan: descriptor)
            try Self.write(content.bytes, to: descriptor, name)
            guard fchmod(descriptor, content.mode) == 0, fsync(descriptor) == 0 else {
                throw RuleFolderError(name, errno)
            }
            try expect(former)
            guard rename(beside, path(of: name)) == 0 else { throw RuleFolderError(name, errno) }
        } catch {
            unlink(beside)
            throw error
        }
        try sync()
    }

    private func remove(_ former: Version) throws(RuleFolderError) {
        try expect(former)
        guard unlink(path(of: former.name)) == 0 || errno == ENOENT else {
            throw RuleFolderError(former.name, errno)
        }
        try sync()
    }

    private func expect(_ former: Version) throws(RuleFolderError) {
        guard try version(former.name).hasSameBytes(as: former) else {
            throw .changed(former.name)
        }
    }

    private func path(of name: String) -> String { path + "/" + name }

    /// Removes what was being written when the power went, or the agent. What is younger than
    /// `Limits.ruleLeftoverAge` may be being written by another agent of the same directory. Where
    /// that fails it stays, and harms nothing.
    ///
    /// - Parameter descriptor: of a file made just now, by the same clock.
    private func removeLeftovers(olderThan descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let latest = status.st_mtim.tv_sec - Limits.ruleLeftoverAge
        for name in (try? TextDirectory.names(in: path)) ?? [] where Self.isLeftover(name) {
            guard lstat(path(of: name), &status) == 0, status.st_mtim.tv_sec < latest else {
                continue
            }
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
    /// Somebody has changed it since it was read: read it again.
    case changed(String)
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
