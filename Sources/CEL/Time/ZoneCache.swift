import Core
import Glibc
import Synchronization

/// The zones that expressions have named, read from the machine's zone files at first use.
///
/// What a zone's name means is taken to be constant while the process runs.
enum ZoneCache {
    static let directory = "/usr/share/zoneinfo"
    private static let zones = Mutex<[String: TimeZone]>([:])

    /// The zone of a fixed offset or of a name such as `Europe/Paris`; nil when there is none.
    static func zone(_ name: String) -> TimeZone? {
        if let fixed = TimeZone(fixed: name) { return fixed }
        if let known = zones.withLock({ $0[name] }) { return known }
        guard isPlausible(name), let bytes = read("\(directory)/\(name)"),
            let table = ZoneTable(bytes)
        else { return nil }
        let zone = TimeZone.table(table)
        zones.withLock { zones in
            if zones.count < Limits.timeZonesMax { zones[name] = zone }
        }
        return zone
    }

    /// Names of zones only, so that no expression reads another file.
    private static func isPlausible(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isIdentifierStart, name.utf8.count <= 64 else {
            return false
        }
        return name.utf8.allSatisfy {
            $0.isIdentifierStart || $0.isDigit || "+-/".utf8.contains($0)
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Limits.timeZoneFileBytesMax)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            guard got > 0 else { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }
}
