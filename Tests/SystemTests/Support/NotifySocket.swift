import BrokerTestSupport
import Glibc

/// What systemd listens on: counts how often a service feeds its watchdog.
final class NotifySocket {
    private let directory: TestDirectory
    private let descriptor: Int32
    private(set) var messages: [String] = []
    private(set) var longestGap: Duration = .zero
    private var fedAt: ContinuousClock.Instant?

    init() throws {
        directory = try TestDirectory()
        descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw TestFailure("cannot bind \(path)") }
    }

    deinit { close(descriptor) }

    var path: String { directory.path + "/notify" }
    var feeds: Int { messages.count { $0 == "WATCHDOG=1" } }

    /// Reads what came.
    func turn() {
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            messages.append(text)
            guard text == "WATCHDOG=1" else { continue }
            if let fedAt { longestGap = max(longestGap, fedAt.duration(to: .now)) }
            fedAt = .now
        }
    }
}
