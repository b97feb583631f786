import Glibc

/// The address of a local socket that stands in the file system (unix(7)).
public struct LocalAddress {
    private var address = sockaddr_un()

    /// nil where the path is too long for the kernel: 107 bytes at most.
    public init?(path: String) {
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, !bytes.contains(0), bytes.count < room else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    }

    /// Calls with what bind(2) and connect(2) take.
    public func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Where the agent that owns a store takes control requests, by whatever name the file goes.
    public static func controlPath(ofStore path: String) -> String {
        ResolvedPath.of(path) + ".control"
    }
}
