import Core
import Glibc
import Store

extension FileSearch {
    /// Reads a file from its beginning to its end; one that is not there counts as empty.
    mutating func search(_ path: String) throws(Ending) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Self.failure(path)
        }
        defer { close(descriptor) }
        try search(reading: { (buffer) -> Result<Int, Ending> in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return count >= 0 ? .success(count) : .failure(Self.failure(path))
        })
    }

    private static func failure(_ path: String) -> Ending {
        .failure(Exit.io, "\(path): \(String(cString: strerror(errno)))")
    }
}
