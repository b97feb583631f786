import Glibc

/// Small files, read whole and within a bound.
public enum TextFile {
    /// Reads a regular file of UTF-8.
    /// - Throws: every case of `TextFileError` but `.refused`; the file is closed then.
    public static func read(_ path: String, bytesMax: Int) throws(TextFileError) -> String {
        let bytes = try readBytes(path, bytesMax: bytesMax) { _ in nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    /// Reads a regular file.
    ///
    /// - Parameter objection: Asked about the opened file, so that what was asked about is what is
    ///   read; a text refuses it.
    /// - Throws: every case of `TextFileError` but `.notUTF8`.
    public static func readBytes(
        _ path: String, bytesMax: Int, objection: (stat) -> String?
    ) throws(TextFileError) -> [UInt8] {
        guard !path.utf8.contains(0) else { throw .cannotOpen("the path holds a zero byte") }
        // Not blocking: opening a FIFO would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(systemMessage()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(systemMessage()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        if let objection = objection(status) { throw .refused(objection) }
        return try readAll(descriptor, bytesMax: bytesMax)
    }

    /// Reads an open file, pipe or terminal to its end.
    /// - Throws: `.cannotRead`, `.tooLarge`; the descriptor stays open.
    public static func readAll(
        _ descriptor: Int32, bytesMax: Int
    ) throws(TextFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .cannotRead(systemMessage())
            }
            bytes += buffer[..<count]
            guard bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        }
    }

    static func systemMessage() -> String { String(cString: strerror(errno)) }
}

/// Why a file was not read. Say so to whoever named it.
public enum TextFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is not there, or not ours to open: correct the path or its permissions.
    case cannotOpen(String)
    /// A directory, a device, a pipe: name a file.
    case notRegular
    /// The caller does not want it as it is: do what the text says.
    case refused(String)
    /// The disk failed: try again, or replace it.
    case cannotRead(String)
    /// Make it smaller.
    case tooLarge(bytesMax: Int)
    /// Save it as UTF-8.
    case notUTF8

    /// What is wrong, to be said behind the file's name.
    public var description: String {
        switch self {
        case .cannotOpen(let reason): "cannot be opened: \(reason)"
        case .notRegular: "is not a regular file"
        case .refused(let reason): reason
        case .cannotRead(let reason): "cannot be read: \(reason)"
        case .tooLarge(let bytes): "is larger than \(bytes) bytes"
        case .notUTF8: "is not valid UTF-8"
        }
    }
}
