import Core
import Logging
import NIOSSL
import Synchronization

/// The certificate that new connections are shown, with its key, as two files had it.
///
/// The files are read again when they change (`refresh`) and when somebody says so (`reload`). What
/// is broken then, or gone, leaves the certificate before in use; the log says so, and `fault`.
final class TLSCertificate: Sendable {
    private let files: APISettings.TLSFiles
    private let log: Logger
    private let state: Mutex<State>

    private struct State: Sendable {
        var context: NIOSSLContext
        /// As the files were when they were read last.
        var read: Stamps
        /// As they were when they were looked at last.
        var seen: Stamps
        var fault: String?
    }

    private struct Stamps: Equatable, Sendable {
        var certificate: FileStamp?
        var key: FileStamp?

        init(_ files: APISettings.TLSFiles) {
            certificate = FileStamp(files.certificate)
            key = FileStamp(files.key)
        }
    }

    /// Reads both files.
    /// - Throws: what is wrong with them: there is nothing to show.
    init(_ files: APISettings.TLSFiles, log: Logger) throws(TLSFault) {
        // Taken before, so that a change while they are read is seen the next time.
        let stamps = Stamps(files)
        let context = try files.load()
        self.files = files
        self.log = log
        state = Mutex(State(context: context, read: stamps, seen: stamps))
    }

    /// For a new connection; those that are there keep theirs.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Why it is not what the files hold now; nil where it is.
    var fault: String? { state.withLock { $0.fault } }

    /// Reads both files, as at `SIGHUP`.
    func reload() { read(as: Stamps(files)) }

    /// Reads the files where they have changed, once they were the same for two looks: they are
    /// replaced one after the other, and do not belong together in between.
    func refresh() {
        let stamps = Stamps(files)
        let isDue = state.withLock { state in
            let isSteady = state.seen == stamps
            state.seen = stamps
            return isSteady && state.read != stamps
        }
        if isDue { read(as: stamps) }
    }

    private func read(as stamps: Stamps) {
        do throws(TLSFault) {
            let context = try files.load()
            state.withLock { state in
                state.context = context
                state.read = stamps
                state.fault = nil
            }
            log.info("\(files.certificate) is the API's certificate from now on")
        } catch {
            let fault = "the certificate stays as it was: \(error)"
            // Also of broken files: it is told once, and they are read again when they change.
            state.withLock { state in
                state.read = stamps
                state.fault = fault
            }
            log.error("\(fault)")
        }
    }
}
