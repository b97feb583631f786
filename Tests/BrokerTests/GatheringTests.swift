import BrokerTestSupport
import Core
import Glibc
import TestSupport
import Testing

@testable import Broker

/// The calls below are those of the C library by name, as libmosquitto makes them.
@Suite("Gathered reads and writes", .enabled(if: Gathering.isBuilt, "not under a sanitizer"))
struct GatheringTests {
    /// Two ends of a connection, neither of which waits.
    private final class Pair {
        let own: Int32
        let peer: Int32
        let gathering: Gathering

        init() throws {
            var ends: [Int32] = [0, 0]
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            #expect(socketpair(AF_UNIX, kind, 0, &ends) == 0)
            (own, peer) = (ends[0], ends[1])
            gathering = try #require(Gathering(socket: own))
        }

        deinit {
            close(own)
            close(peer)
        }

        /// What has arrived at the other end.
        func arrived(atMost count: Int = 1 << 20) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let length = recv(peer, &bytes, count, 0)
            return Array(bytes.prefix(max(0, length)))
        }
    }

    @Test("single bytes come from one read of the socket, and its end and emptiness are told")
    func reads() throws {
        let pair = try Pair()
        let sent = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        #expect(send(pair.peer, sent, sent.count, 0) == sent.count)
        let served = Gathering.served
        var found: [UInt8] = []
        for _ in sent {
            var byte: UInt8 = 0
            #expect(pair.gathering { read(pair.own, &byte, 1) } == 1)
            found.append(byte)
        }
        #expect(found == sent)
        #expect(Gathering.served - served >= UInt(sent.count - 1))
        #expect(pair.gathering.unreadBytes == 0)
        var byte: UInt8 = 0
        let (empty, number) = pair.gathering { (read(pair.own, &byte, 1), errno) }
        #expect(empty == -1 && number == EAGAIN)
        shutdown(pair.peer, Int32(SHUT_WR))
        #expect(pair.gathering { read(pair.own, &byte, 1) } == 0)
    }

    @Test("what was read ahead waits, and outside of the scope the socket is read itself")
    func readAhead() throws {
        let pair = try Pair()
        #expect(send(pair.peer, [UInt8(1), 2, 3], 3, 0) == 3)
        var byte: UInt8 = 0
        #expect(pair.gathering { read(pair.own, &byte, 1) } == 1)
        #expect(byte == 1 && pair.gathering.unreadBytes == 2)
        #expect(send(pair.peer, [UInt8(9)], 1, 0) == 1)
        #expect(read(pair.own, &byte, 1) == 1)
        #expect(byte == 9 && pair.gathering.unreadBytes == 2)
        var rest: [UInt8] = [0, 0, 0]
        let count = rest.withUnsafeMutableBytes { rest in
            pair.gathering { read(pair.own, rest.baseAddress, 3) }
        }
        #expect(count == 2 && rest == [2, 3, 0])
    }

    @Test("writes leave with the flush only, in one piece")
    func writes() throws {
        let pair = try Pair()
        for number in 0..<100 {
            #expect(pair.gathering { write(pair.own, [UInt8(number), 0xFF], 2) } == 2)
        }
        #expect(pair.arrived().isEmpty && pair.gathering.hasUnsent)
        #expect(pair.gathering.flush() == nil)
        #expect(pair.arrived() == (0..<100).flatMap { [UInt8($0), 0xFF] })
        #expect(!pair.gathering.hasUnsent)
    }

    @Test("a full socket loses and reorders nothing", arguments: [UInt64](1...20))
    func fullSocket(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pair = try Pair()
        var size: Int32 = 4_096
        let length = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(pair.own, SOL_SOCKET, SO_SNDBUF, &size, length)
        let sent = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var (written, found): (Int, [UInt8]) = (0, [])
        var blocked = 0
        while found.count < sent.count {
            let count = min(Int.random(in: 1...9_000, using: &random), sent.count - written)
            if count > 0 {
                let (taken, number) = sent[written..<written + count].withUnsafeBytes { bytes in
                    pair.gathering { (write(pair.own, bytes.baseAddress, count), errno) }
                }
                if taken < 0 {
                    #expect(number == EAGAIN, "seed \(seed)")
                    blocked += 1
                }
                written += max(0, taken)
            }
            if Bool.random(using: &random) { #expect(pair.gathering.flush() == nil) }
            found += pair.arrived(atMost: Int.random(in: 1...9_000, using: &random))
        }
        #expect(found == sent, "seed \(seed)")
        #expect(blocked > 0, "seed \(seed): the socket was never full")
    }

    @Test("a socket that is broken is told")
    func broken() throws {
        let pair = try Pair()
        shutdown(pair.own, Int32(SHUT_RDWR))
        #expect(pair.gathering { write(pair.own, [UInt8(1)], 1) } == 1)
        #expect(pair.gathering.flush() != nil)
    }

    @Test("other descriptors and other threads are left alone")
    func others() async throws {
        let (pair, other) = (try Pair(), try Pair())
        #expect(pair.gathering { write(other.own, [UInt8(1), 2], 2) } == 2)
        #expect(other.arrived() == [1, 2])
        // One byte is how libmosquitto wakes a thread that does not exist.
        #expect(pair.gathering { write(other.own, [UInt8(1)], 1) } == 1)
        #expect(other.arrived().isEmpty)
        #expect(send(other.peer, [UInt8(5)], 1, 0) == 1)
        var byte: UInt8 = 0
        #expect(pair.gathering { read(other.own, &byte, 1) } == 1)
        #expect(byte == 5)
        let own = pair.own
        gatherOnThisThread(pair.gathering) {
            let thread = PlainThread { _ = write(own, [UInt8(7)], 1) }
            thread.join()
        }
        #expect(pair.arrived() == [7])
    }

    private func gatherOnThisThread(_ gathering: Gathering, _ body: () -> Void) {
        gathering { body() }
    }

    /// A thread of the system's own, as the test has to know that it is another one.
    private struct PlainThread {
        private final class Work {
            let body: () -> Void
            init(_ body: @escaping () -> Void) { self.body = body }
        }

        private var thread = pthread_t()

        init(_ body: @escaping () -> Void) {
            let work = Unmanaged.passRetained(Work(body))
            pthread_create(
                &thread, nil,
                { work in
                    guard let work else { return nil }
                    Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
                    return nil
                }, work.toOpaque())
        }

        func join() { pthread_join(thread, nil) }
    }

    @Test(
        "a stream from a real broker is served from memory",
        .enabled(if: TestBroker.isInstalled, TestBroker.missing))
    func stream() throws {
        let broker = try TestBroker()
        let link = TestLink(broker, id: "agent") { _ in }
        try link.connect()
        try link.subscribe("#")
        let served = Gathering.served
        for number in 0..<300 { try link.publish("a/b", "\(number)") }
        try link.wait("the echoes", flushing: true) { $0.messages.count == 300 }
        #expect(link.payloads == (0..<300).map { "\($0)" })
        // Two further reads a message, a PUBACK, and the wake-ups.
        #expect(Gathering.served - served > 900)
    }
}
