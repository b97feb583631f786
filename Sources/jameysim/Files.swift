import Glibc

/// A whole file as text; invalid UTF-8 is repaired.
func readFile(_ path: String) throws(SimError) -> String {
    guard let file = fopen(path, "r") else {
        throw .file(path: path, reason: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    guard ferror(file) == 0 else {
        throw .file(path: path, reason: String(cString: strerror(errno)))
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// A file that grows line by line; each line is handed to the kernel at once.
final class LineFile {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>

    init(appendingTo path: String) throws(SimError) {
        guard let file = fopen(path, "a") else {
            throw .file(path: path, reason: String(cString: strerror(errno)))
        }
        self.path = path
        self.file = file
    }

    deinit { fclose(file) }

    func write(_ line: String) throws(SimError) {
        guard fputs(line + "\n", file) >= 0, fflush(file) == 0 else {
            throw .file(path: path, reason: String(cString: strerror(errno)))
        }
    }
}

/// Prints a line and does not keep it back when the output is a pipe.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

/// Waits where there is nothing to poll.
func pause(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }
