import GRDBSQLite

/// One prepared statement; finalized with the object.
///
/// Parameters count from 1 and columns from 0, as in SQLite. Every parameter is bound anew before
/// each run: bytes are bound without a copy, and are SQLite's only until the run is over.
final class Statement: SQLiteRow {
    let handle: OpaquePointer
    private let connection: Connection

    init(handle: OpaquePointer, connection: Connection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { connection.finalize(handle) }

    // MARK: Parameters

    // Binding a number cannot fail but for an index that is not there, which is ours to get right.
    func bind(_ value: Int64, at index: Int32) {
        let code = sqlite3_bind_int64(handle, index, value)
        assert(code == SQLITE_OK)
    }

    func bind(real value: Double, at index: Int32) {
        let code = sqlite3_bind_double(handle, index, value)
        assert(code == SQLITE_OK)
    }

    func bindNull(at index: Int32) {
        let code = sqlite3_bind_null(handle, index)
        assert(code == SQLITE_OK)
    }

    /// Binds a copy of the text.
    func bind(_ text: String, at index: Int32) throws(SQLiteFailure) {
        var text = text
        let code = text.withUTF8 { bytes in
            // SQLITE_TRANSIENT, which the importer cannot express: SQLite makes its own copy.
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_text(handle, index, "", 0, transient)
            }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(
                    handle, index, $0, UInt64(bytes.count), transient, UInt8(SQLITE_UTF8))
            }
        }
        guard code == SQLITE_OK else { throw connection.failure() }
    }

    /// Binds a copy of the bytes of a text, as bytes.
    func bind(bytesOf text: String, at index: Int32) throws(SQLiteFailure) {
        try bind(copy: Array(text.utf8), at: index)
    }

    /// Binds a copy of the bytes; nil is NULL.
    func bind(copy bytes: [UInt8]?, at index: Int32) throws(SQLiteFailure) {
        guard let bytes, !bytes.isEmpty else {
            return bytes == nil ? bindNull(at: index) : bindEmpty(at: index)
        }
        let code = bytes.withUnsafeBytes {
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            return sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), transient)
        }
        guard code == SQLITE_OK else { throw connection.failure() }
    }

    private func bindEmpty(at index: Int32) {
        let code = sqlite3_bind_zeroblob(handle, index, 0)
        assert(code == SQLITE_OK)
    }

    // MARK: Running

    /// Runs a statement that returns no row, and resets it.
    func run() throws(SQLiteFailure) {
        precondition(connection.isOpen, "the store is closed")
        let code = sqlite3_step(handle)
        try finish(code)
    }

    /// Runs a statement that returns no row, with bytes that are bound without a copy.
    func run(bytes: [UInt8], at index: Int32) throws(SQLiteFailure) {
        precondition(connection.isOpen, "the store is closed")
        let code = bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                bindEmpty(at: index)
                return sqlite3_step(handle)
            }
            // A nil destructor is SQLITE_STATIC: the bytes outlive the step.
            let code = sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), nil)
            return code == SQLITE_OK ? sqlite3_step(handle) : code
        }
        try finish(code)
    }

    /// Runs a statement that returns no row, with the bytes of several parameters.
    func run(_ blobs: BlobRow) throws(SQLiteFailure) {
        precondition(connection.isOpen, "the store is closed")
        let code = blobs.bytes.withUnsafeBytes { bytes in
            for (parameter, range) in blobs.places {
                guard !range.isEmpty, let start = bytes.baseAddress else {
                    bindEmpty(at: parameter)
                    continue
                }
                let code = sqlite3_bind_blob64(
                    handle, parameter, start + range.lowerBound, UInt64(range.count), nil)
                guard code == SQLITE_OK else { return code }
            }
            return sqlite3_step(handle)
        }
        try finish(code)
    }

    private func finish(_ code: Int32) throws(SQLiteFailure) {
        if code == SQLITE_DONE || code == SQLITE_ROW {
            sqlite3_reset(handle)
        } else {
            let failure = connection.failure()
            sqlite3_reset(handle)
            throw failure
        }
    }

    /// Goes on to the next row; the statement is reset after the last one.
    func step() throws(SQLiteFailure) -> Bool {
        precondition(connection.isOpen, "the store is closed")
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        try finish(code)
        return false
    }

    /// Ends a run before its last row.
    func reset() { sqlite3_reset(handle) }
}
