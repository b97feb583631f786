import Glibc

/// A file that a command was asked to write beside its output.
enum OutputFile {
    /// Writes a text in place of what was there.
    static func write(_ text: String, to path: String) throws(Ending) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw .failure(Exit.io, "\(path) cannot be written: \(reason)")
        }
        defer { close(descriptor) }
        var output = LineOutput(descriptor: descriptor)
        try output.line(text)
        try output.flush()
    }
}
