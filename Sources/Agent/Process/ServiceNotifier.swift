import Core
import Glibc

/// Tells systemd how the service is (sd_notify(3)), over the socket that it named.
///
/// Without `NOTIFY_SOCKET` every call does nothing.
public struct ServiceNotifier {
    private let descriptor: Int32
    private let address: [UInt8]
    /// nil where systemd watches nothing.
    public let watchdogInterval: Duration?
    private var fedAt: MonotonicTime?

    /// - Parameter environment: looks up `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    public init(environment: (String) -> String?) {
        let path = environment("NOTIFY_SOCKET") ?? ""
        let isUsable = path.hasPrefix("/") || path.hasPrefix("@")
        address = isUsable && path.utf8.count < 108 ? Array(path.utf8) : []
        descriptor =
            address.isEmpty
            ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let isOurs = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        watchdogInterval =
            isOurs
            ? environment("WATCHDOG_USEC").flatMap(Int64.init).map { .microseconds($0) } : nil
    }

    public func ready() { send("READY=1") }
    public func stopping() { send("STOPPING=1") }
    public func status(_ text: String) { send("STATUS=\(text)") }

    /// `Type=notify-reload` is not used, but systemd shows the state all the same.
    public func reloading(at now: MonotonicTime) {
        send("RELOADING=1\nMONOTONIC_USEC=\(now.microseconds)")
    }

    /// After a turn of the loop that came to its end; says so a few times per interval only.
    public mutating func feedWatchdog(at now: MonotonicTime) {
        guard let watchdogInterval else { return }
        if let fedAt, now - fedAt < watchdogInterval / 4 { return }
        fedAt = now
        send("WATCHDOG=1")
    }

    private func send(_ text: String) {
        guard descriptor >= 0 else { return }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) { bytes in
            bytes.copyBytes(from: address)
            // An abstract name begins with a zero byte, which `@` stands for.
            if address.first == UInt8(ascii: "@") { bytes[0] = 0 }
        }
        let length = MemoryLayout<sa_family_t>.size + address.count
        let bytes = Array(text.utf8)
        withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), generic,
                    socklen_t(length))
            }
        }
    }
}
