import Foundation
import Glibc
import TestSupport

public struct TestFailure: Error, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

public typealias TestDirectory = TestSupport.TestDirectory

public enum Deadline {
    /// Asks for a condition until it holds.
    public static func wait(
        _ what: String, seconds: Double, for condition: () throws -> Bool
    ) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try !condition() {
            guard ContinuousClock.now < end else { throw TestFailure("not in time: \(what)") }
            poll(nil, 0, 2)
        }
    }
}

public enum Command {
    /// Starts a process that hears signals: tests run on threads of libdispatch, which block them
    /// all, and a child inherits that.
    public static func withSignals(_ start: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try start()
    }

    public static func run(_ path: String, _ arguments: [String], in directory: String? = nil)
        throws
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestFailure("\(path) \(arguments.joined(separator: " ")) failed")
        }
    }
}

/// Sockets on 127.0.0.1.
public enum LoopbackPort {
    public static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    public static func with<R>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R
    {
        var address = address(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    public static func newSocket() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    /// A port that nobody listens on at this moment.
    public static func free() throws -> Int {
        let descriptor = newSocket()
        defer { close(descriptor) }
        return try bind(descriptor)
    }

    /// Binds to a free port and says which.
    public static func bind(_ descriptor: Int32) throws -> Int {
        guard with(0, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw TestFailure("cannot bind a port")
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    public static func isOpen(_ port: Int) -> Bool {
        let descriptor = newSocket()
        defer { close(descriptor) }
        return with(port) { connect(descriptor, $0, $1) } == 0
    }
}
