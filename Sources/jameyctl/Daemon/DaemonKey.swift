import Core
import Glibc

/// An API key or a token, kept out of every printed form.
struct DaemonKey: Equatable, Sendable {
    private let text: String

    /// Reads it from its file, which others than its owner and group must not be able to read.
    /// - Throws: what is wrong with the file.
    static func read(_ path: String) throws(Ending) -> DaemonKey {
        var bytes: [UInt8]
        do throws(TextFileError) {
            // Room for the line end.
            bytes = try TextFile.readBytes(path, bytesMax: Limits.tokenBytesMax + 2) { status in
                let isOpenToOthers = status.st_mode & 0o007 != 0
                return isOpenToOthers ? "is open to every user: chmod 600 \(path)" : nil
            }
        } catch { throw .failure(code(of: error), "\(path) \(error)") }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        let isPlain = bytes.allSatisfy { (0x21...0x7E).contains($0) }
        guard !bytes.isEmpty, bytes.count <= Limits.tokenBytesMax, isPlain else {
            throw .failure(
                Exit.data, "\(path) holds no API key and no token: one line without blanks")
        }
        return DaemonKey(text: String(decoding: bytes, as: UTF8.self))
    }

    private static func code(of error: TextFileError) -> Int32 {
        switch error {
        case .cannotOpen: Exit.noInput
        case .refused: Exit.permission
        case .cannotRead: Exit.io
        case .notRegular, .tooLarge, .notUTF8: Exit.data
        }
    }

    /// The value of `Authorization`; never to be shown.
    var authorization: String { "Bearer " + text }
}

extension DaemonKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "(secret)" }
    var debugDescription: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
