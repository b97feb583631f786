import GRDBSQLite
import Glibc
import Synchronization

/// A disk that counts its syncs and fails on demand: SQLite's own VFS with three calls replaced.
public final class FaultVFS: Sendable {
    public enum File: Sendable { case database, log, other }

    public struct Plan: Sendable {
        /// What every write to a file answers; nil writes.
        public var writeFault: Int32?
        /// What every sync answers; nil syncs.
        public var syncFault: Int32?
        /// Writes that still succeed before `writeFault` begins.
        public var writesLeft = 0
        public var syncs: [File: Int] = [:]
        public var writes = 0
    }

    /// For `StoreOptions.vfs`.
    public let name: String
    private let plan = Mutex(Plan())
    private static let count = Atomic(0)

    /// Registers it with SQLite, for the life of the process.
    public init() {
        name = "fault-\(Self.count.add(1, ordering: .relaxed).newValue)"
        // Without SQLite's own VFS there is nothing to test with.
        guard let real = sqlite3_vfs_find(nil) else { fatalError("SQLite has no VFS") }
        let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        ours.initialize(to: real.pointee)
        ours.pointee.zName = UnsafePointer(strdup(name))
        ours.pointee.szOsFile = Int32(OpenFile.offset + MemoryLayout<OpenFile>.size)
        // Retained for ever, as the VFS is registered for ever.
        ours.pointee.pAppData = Unmanaged.passRetained(self).toOpaque()
        ours.pointee.xOpen = openFile
        let code = sqlite3_vfs_register(ours, 0)
        precondition(code == SQLITE_OK)
    }

    /// From the given number of writes on there is no room.
    public func fill(afterWrites count: Int = 0) {
        change { ($0.writeFault, $0.writesLeft) = (SQLITE_FULL, count) }
    }

    /// Every sync answers EIO.
    public func failSyncs() { change { $0.syncFault = SQLITE_IOERR | 4 << 8 } }

    /// The disk works again.
    public func heal() { change { ($0.writeFault, $0.syncFault) = (nil, nil) } }

    public func change(_ body: (inout Plan) -> Void) { plan.withLock { body(&$0) } }

    public func syncs(of file: File) -> Int { plan.withLock { $0.syncs[file] ?? 0 } }
    public var writes: Int { plan.withLock { $0.writes } }

    fileprivate func faultOfWrite() -> Int32? {
        plan.withLock { plan in
            plan.writes += 1
            guard let fault = plan.writeFault else { return nil }
            if plan.writesLeft > 0 {
                plan.writesLeft -= 1
                return nil
            }
            return fault
        }
    }

    fileprivate func faultOfSync(_ file: File) -> Int32? {
        plan.withLock { plan in
            plan.syncs[file, default: 0] += 1
            return plan.syncFault
        }
    }
}

/// What we keep behind SQLite's own file object.
private struct OpenFile {
    var disk: Unmanaged<FaultVFS>
    var kind: FaultVFS.File
    var real: UnsafePointer<sqlite3_io_methods>
    var ours: UnsafeMutablePointer<sqlite3_io_methods>

    static let offset = Int(((sqlite3_vfs_find(nil)?.pointee.szOsFile ?? 0) + 15) & ~15)

    static func of(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<OpenFile> {
        (UnsafeMutableRawPointer(file) + offset).assumingMemoryBound(to: OpenFile.self)
    }
}

private func openFile(
    _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?,
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let vfs, let file, let unix = sqlite3_vfs_find(nil), let data = vfs.pointee.pAppData
    else { return SQLITE_CANTOPEN }
    let code = unix.pointee.xOpen(unix, name, file, flags, outFlags)
    guard code == SQLITE_OK, let real = file.pointee.pMethods else { return code }
    let ours = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    ours.initialize(to: real.pointee)
    ours.pointee.xWrite = writeFile
    ours.pointee.xSync = syncFile
    ours.pointee.xClose = closeFile
    let kind: FaultVFS.File =
        flags & SQLITE_OPEN_WAL != 0
        ? .log : flags & SQLITE_OPEN_MAIN_DB != 0 ? .database : .other
    OpenFile.of(file).initialize(
        to: OpenFile(disk: .fromOpaque(data), kind: kind, real: real, ours: ours))
    file.pointee.pMethods = UnsafePointer(ours)
    return SQLITE_OK
}

private func writeFile(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32,
    _ offset: sqlite3_int64
) -> Int32 {
    guard let file else { return SQLITE_IOERR }
    let open = OpenFile.of(file).pointee
    if let fault = open.disk.takeUnretainedValue().faultOfWrite() {
        errno = fault == SQLITE_FULL ? ENOSPC : EIO
        return fault
    }
    return open.real.pointee.xWrite(file, bytes, count, offset)
}

private func syncFile(_ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32) -> Int32 {
    guard let file else { return SQLITE_IOERR }
    let open = OpenFile.of(file).pointee
    if let fault = open.disk.takeUnretainedValue().faultOfSync(open.kind) {
        errno = EIO
        return fault
    }
    return open.real.pointee.xSync(file, flags)
}

private func closeFile(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
    guard let file else { return SQLITE_IOERR }
    let open = OpenFile.of(file).pointee
    let code = open.real.pointee.xClose(file)
    open.ours.deallocate()
    return code
}
