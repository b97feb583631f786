import Core
import Glibc
import TestSupport
import Testing

@testable import Agent

@Suite("The control socket")
struct ControlSocketTests {
    private let directory: TestDirectory
    private let path: String

    init() throws {
        directory = try TestDirectory("control")
        path = directory.path + "/jamey.db.control"
    }

    /// A client of it; closes with the object.
    private final class Peer {
        let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
            let address = try #require(LocalAddress(path: path))
            try #require(address.withSocketAddress { connect(descriptor, $0, $1) } == 0)
        }

        deinit { close(descriptor) }

        func say(_ text: String) { _ = send(descriptor, text, text.utf8.count, 0) }

        /// nil where the connection was closed, or nothing is there.
        func hear() -> String? {
            var buffer = [UInt8](repeating: 0, count: 1_024)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
        }
    }

    private let start = MonotonicTime(microseconds: 0)

    private func isReadable(_ control: ControlSocket) -> Bool {
        var polled = pollfd(fd: control.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    private func serve(_ control: ControlSocket, at now: MonotonicTime? = nil) {
        control.serve(at: now ?? start) { request in
            Array("(\(String(decoding: request, as: UTF8.self)))".utf8)
        }
    }

    @Test("only its own account reaches it")
    func mode() throws {
        let control = try ControlSocket(path: path)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600 && status.st_mode & S_IFMT == S_IFSOCK)
        withExtendedLifetime(control) {}
    }

    @Test("clients are answered one after the other, each once")
    func answers() throws {
        let control = try ControlSocket(path: path)
        #expect(!isReadable(control))
        let (first, second) = (try Peer(path), try Peer(path))
        #expect(isReadable(control))
        serve(control)
        #expect(!isReadable(control), "it waits for the first client's request")
        second.say("two")
        first.say("one")
        serve(control)
        #expect(first.hear() == "(one)" && first.hear() == nil)
        #expect(isReadable(control))
        serve(control)
        #expect(second.hear() == "(two)")
        #expect(!isReadable(control))
    }

    @Test("a client that says nothing is let go, and holds up nobody for longer")
    func silent() throws {
        let control = try ControlSocket(path: path)
        let silent = try Peer(path)
        serve(control)
        let other = try Peer(path)
        other.say("x")
        #expect(!control.isOverdue(at: start))
        serve(control)
        #expect(other.hear() == nil)
        let late = start + Limits.controlTimeMax
        #expect(control.isOverdue(at: late))
        serve(control, at: late)
        #expect(!control.isOverdue(at: late))
        serve(control, at: late)
        #expect(other.hear() == "(x)")
        withExtendedLifetime(silent) {}
    }

    @Test("a client that goes away without a word, or before its answer, harms nothing")
    func gone() throws {
        let control = try ControlSocket(path: path)
        for text in ["", "x"] {
            do {
                let peer = try Peer(path)
                if !text.isEmpty { peer.say(text) }
            }
            var answered = 0
            control.serve(at: start) { _ in
                answered += 1
                return [1]
            }
            #expect(answered == (text.isEmpty ? 0 : 1))
        }
        let peer = try Peer(path)
        peer.say("y")
        serve(control)
        #expect(peer.hear() == "(y)")
    }

    @Test("a request that is too large is cut, and so is no request")
    func large() throws {
        let control = try ControlSocket(path: path)
        let peer = try Peer(path)
        peer.say(String(repeating: "x", count: Limits.controlRequestBytesMax + 100))
        var bytes = 0
        control.serve(at: start) { request in
            bytes = request.count
            return [UInt8(ascii: "n")]
        }
        #expect(bytes == Limits.controlRequestBytesMax && peer.hear() == "n")
    }

    @Test("what an agent that is gone has left is replaced, another file is not")
    func leftOver() throws {
        do {
            let left = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
            let address = try #require(LocalAddress(path: path))
            #expect(address.withSocketAddress { bind(left, $0, $1) } == 0)
            close(left)
        }
        do {
            let control = try ControlSocket(path: path)
            let peer = try Peer(path)
            peer.say("x")
            serve(control)
            #expect(peer.hear() == "(x)")
        }
        #expect(access(path, F_OK) != 0, "it goes with its owner")
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
        close(descriptor)
        #expect(throws: ControlSocketError.self) { try ControlSocket(path: path) }
        #expect(access(path, F_OK) == 0)
    }

    @Test("a path without a place, or too long, is an error that says so")
    func paths() throws {
        let missing = #expect(throws: ControlSocketError.self) {
            try ControlSocket(path: directory.path + "/none/x")
        }
        #expect(missing?.description.contains("No such file") == true)
        let long = #expect(throws: ControlSocketError.self) {
            try ControlSocket(path: directory.path + "/" + String(repeating: "x", count: 120))
        }
        #expect(long?.description.contains("too long") == true)
    }

    @Test("the kernel says who is at the other end")
    func account() throws {
        let control = try ControlSocket(path: path)
        #expect(control.userID == nil)
        let peer = try Peer(path)
        peer.say("who")
        var seen: UInt32?
        control.serve(at: start) { _ in
            seen = control.userID
            return [0x31]
        }
        #expect(seen == getuid())
        #expect(peer.hear() == "1" && control.userID == nil)
    }
}
