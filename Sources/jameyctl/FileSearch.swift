import Core
import Glibc

/// Looks for bytes in files, without ever holding more than a piece of them.
struct FileSearch {
    private let wanted: [[UInt8]]
    private(set) var files = 0
    private(set) var bytesRead = 0
    /// How often one of what is wanted was found.
    private(set) var hits = 0

    /// - Parameter wanted: none of them empty.
    init(_ wanted: [[UInt8]]) { self.wanted = wanted }

    /// Reads a file from its beginning to its end; one that is not there counts as empty.
    mutating func search(_ path: String) throws(Ending) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw .failure(Exit.io, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        files += 1
        // What could be the beginning of something that is wanted is looked at once more.
        let overlap = (wanted.map(\.count).max() ?? 1) - 1
        var piece = [UInt8](repeating: 0, count: overlap + Limits.searchPieceBytes)
        var kept = 0
        while true {
            let count = piece.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + kept }, Limits.searchPieceBytes)
            }
            guard count >= 0 else {
                throw .failure(Exit.io, "\(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { return }
            bytesRead += count
            let end = kept + count
            look(at: piece[..<end], behind: kept)
            kept = min(overlap, end)
            piece.replaceSubrange(..<kept, with: Array(piece[(end - kept)..<end]))
        }
    }

    /// Counts what does not end before `behind`, where the piece before has been looked at.
    private mutating func look(at piece: ArraySlice<UInt8>, behind: Int) {
        for form in wanted {
            piece.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                var place = 0
                while place + form.count <= bytes.count,
                    let first = memchr(
                        start + place, Int32(form[0]), bytes.count - place - form.count + 1)
                {
                    place = UnsafeRawPointer(first) - start
                    if place + form.count > behind, memcmp(first, form, form.count) == 0 {
                        hits += 1
                    }
                    place += 1
                }
            }
        }
    }
}
