import Glibc
import Store

/// Where simulated lives keep their stores: in memory where the machine allows it.
final class SimFiles {
    private let directory: String
    /// A store that was just made, so that it need not be made for every seed.
    private let template: [UInt8]
    private var last = 0

    init() throws {
        let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var name = Array("\(base)/jamey-sim-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw SimFailure("no directory for stores: \(errno)") }
        directory = name.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let path = directory + "/template"
        try StoreWriter(path: path, options: StoreOptions(logID: "00c0ffee")).close()
        template = Self.read(path) ?? []
        Self.remove(path)
    }

    deinit {
        for number in 0...last { Self.remove("\(directory)/\(number).db") }
        rmdir(directory)
    }

    func new() -> String {
        let path = next()
        Self.write(template, path)
        return path
    }

    /// The files as a process that is killed now leaves them.
    func copy(_ path: String) -> String {
        let copy = next()
        for suffix in ["", "-wal"] {
            if let bytes = Self.read(path + suffix) { Self.write(bytes, copy + suffix) }
        }
        return copy
    }

    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", ".lock"] { unlink(path + suffix) }
    }

    private func next() -> String {
        last += 1
        return "\(directory)/\(last).db"
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
    }

    private static func write(_ bytes: [UInt8], _ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}

/// What a simulated life found wrong.
struct SimFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
