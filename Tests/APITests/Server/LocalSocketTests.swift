import Core
import Glibc
import TestSupport
import Testing

@testable import API

@Suite("The local socket")
struct LocalSocketTests {
    private let home: TestDirectory
    private var path: String { home.path + "/api.sock" }

    init() throws { home = try TestDirectory("socket") }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    private func reason(_ path: String) -> String? {
        do throws(APIStartError) {
            let socket = try LocalSocket(path: path)
            close(socket.descriptor)
            return nil
        } catch { return error.reason }
    }

    /// A socket of somebody else.
    private func bound(isListening: Bool) throws -> Int32 {
        let address = try #require(LocalAddress(path: path))
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
        if isListening { try #require(listen(descriptor, 1) == 0) }
        return descriptor
    }

    @Test("its owner and its group may use it, and it is gone at the end")
    func life() throws {
        let socket = try LocalSocket(path: path)
        #expect(mode(path) == 0o660)
        #expect(socket.place == "unix:" + path)
        socket.remove()
        #expect(mode(path) == nil)
        close(socket.descriptor)
    }

    @Test("a file that somebody else has put in its place stays")
    func replaced() throws {
        let socket = try LocalSocket(path: path)
        unlink(path)
        let other = try bound(isListening: false)
        socket.remove()
        #expect(mode(path) != nil)
        close(socket.descriptor)
        close(other)
    }

    @Test("what an agent has left that ended without a word is replaced")
    func stale() throws {
        close(try bound(isListening: false))
        #expect(mode(path) != nil)
        #expect(reason(path) == nil)
    }

    @Test("where somebody answers nothing is replaced")
    func taken() throws {
        let other = try bound(isListening: true)
        defer { close(other) }
        #expect(reason(path)?.hasPrefix("another process answers there") == true)
        #expect(mode(path) != nil)
    }

    @Test("of two agents that start at once one has it, and the other does not remove it")
    func two() throws {
        let first = try LocalSocket(path: path)
        defer { close(first.descriptor) }
        // Nobody listens yet.
        #expect(reason(path)?.hasPrefix("another agent has it") == true)
        #expect(first.isInPlace)
        first.remove()
        #expect(!first.isInPlace)
        #expect(reason(path) == nil)
    }

    @Test("why a socket stays is told as it is")
    func obstacles() {
        #expect(LocalSocket.obstacle(ECONNREFUSED) == nil)
        #expect(LocalSocket.obstacle(ENOENT) == nil)
        let cases: [(Int32, String)] = [
            (0, "answers"), (EAGAIN, "busy"), (EACCES, "another account"), (EMFILE, "open files"),
        ]
        for (code, word) in cases {
            #expect(LocalSocket.obstacle(code)?.contains(word) == true, "\(code)")
        }
    }

    @Test("a file that is no socket is not removed")
    func noSocket() throws {
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(reason(path)?.hasPrefix("is there already and no socket") == true)
        #expect(mode(path) == 0o600)
    }

    @Test("its directory is made, for everybody to pass")
    func directory() throws {
        #expect(reason(home.path + "/run/api.sock") == nil)
        #expect(mode(home.path + "/run") == 0o755)
    }

    @Test("where no directory can be made, the reason names systemd's setting")
    func noDirectory() throws {
        do throws(APIStartError) {
            _ = try LocalSocket(path: home.path + "/none/run/api.sock")
            Issue.record("it was made")
        } catch {
            #expect(error.isForLackOfDirectory)
            #expect(error.reason.contains("RuntimeDirectory=jamey"))
        }
    }

    @Test("a path that is too long for the kernel is refused")
    func longPath() {
        let path = "/tmp/" + String(repeating: "a", count: 108)
        #expect(reason(path)?.contains("107 bytes") == true)
    }
}
