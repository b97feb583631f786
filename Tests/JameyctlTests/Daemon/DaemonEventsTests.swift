import Core
import Synchronization
import Testing

@testable import jameyctl

@Suite("Events of the daemon, as they are waited for")
struct DaemonEventsTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private func event(_ name: String, _ data: String, id: String) -> DaemonEvents.Heard {
        .event(ServerEvent(name: name, id: id, data: Array(data.utf8)))
    }

    /// What comes within a minute, as many as are wanted; what ends it is the last.
    private func heard(
        _ count: Int, after id: String? = nil
    ) async -> [Result<DaemonEvents.Heard, Ending>] {
        let client = DaemonClient(.socket(socket))
        return await onThread {
            let events = client.events(after: id)
            defer { events.close() }
            var heard: [Result<DaemonEvents.Heard, Ending>] = []
            while heard.count < count {
                do throws(Ending) {
                    heard.append(.success(try events.next(within: .seconds(60))))
                } catch {
                    heard.append(.failure(error))
                    return heard
                }
            }
            return heard
        }
    }

    @Test("events come in their order, and a stream that ends goes on after the last of them")
    func goesOn() async throws {
        let daemon = try PlayedDaemon(socket) { asked in
            switch asked.fields["last-event-id"] {
            case "9": .events("id: 10\nevent: decision\ndata: a\n\n")
            case "10": .events("id: 11\nevent: alert\ndata: b\n\n", staysOpen: true)
            case let id: .events("event: wrong\ndata: \(id ?? "none")\n\n")
            }
        }
        let events = await heard(2, after: "9").compactMap { try? $0.get() }
        #expect(
            events == [event("decision", "a", id: "10"), event("alert", "b", id: "11")])
        let asked = daemon.asked
        #expect(asked.map(\.target) == ["/events", "/events"])
        #expect(asked.first?.fields["accept"] == "text/event-stream")
    }

    @Test("a daemon that was never heard is told of at once")
    func absent() async {
        let heard = await heard(1)
        guard case .failure(let ending)? = heard.first else {
            Issue.record("\(heard)")
            return
        }
        #expect(ending.code == 69 && ending.text?.contains("no agent answers") == true)
    }

    @Test("one that refuses is told of at once, and again to whoever asks again")
    func refused() async throws {
        let daemon = try PlayedDaemon(socket) { _ in
            .json(#"{"error":"not you","code":"FORBIDDEN"}"#, status: 403)
        }
        let client = DaemonClient(.socket(socket))
        let codes = await onThread {
            let events = client.events()
            defer { events.close() }
            return (0..<2).map { _ -> Int32 in
                do throws(Ending) {
                    _ = try events.next(within: .seconds(60))
                    return 0
                } catch { return error.code }
            }
        }
        #expect(codes == [77, 77])
        #expect(daemon.asked.count == 1)
    }

    @Test("a connection that breaks off is told of, and made again")
    func lost() async throws {
        let count = Mutex(0)
        let daemon = try PlayedDaemon(socket) { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            // A chunk that is announced and does not come.
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            let first = "1c\r\nid: 1\ndata: a\n\ndata: b\n\nid: \r\nff\r\nda"
            return number == 1
                ? .raw(head + first) : .events("id: 2\ndata: c\n\n", staysOpen: true)
        }
        let heard = await heard(4).compactMap { try? $0.get() }
        #expect(
            Array(heard.prefix(2))
                == [event("message", "a", id: "1"), event("message", "b", id: "1")])
        guard heard.count == 4, case .lost(let ending) = heard[2] else {
            Issue.record("\(heard)")
            return
        }
        #expect(ending.code == 75)
        #expect(heard[3] == event("message", "c", id: "2"))
        #expect(daemon.asked.last?.fields["last-event-id"] == "1")
    }

    @Test("a stream that ends with what cannot be told is not one that has ended well")
    func faulty() async throws {
        for (last, isFaulty) in [("fault", true), ("status", false)] {
            let daemon = try PlayedDaemon(socket) { _ in
                .events("event: fault\ndata: {}\n\nevent: \(last)\ndata: {}\n\n")
            }
            let queue = EventQueue(after: nil)
            let end = await DaemonClient(.socket(socket)).listen(after: nil, into: queue)
            guard case .over(let withFault) = end else {
                Issue.record("\(last): \(end)")
                continue
            }
            #expect(withFault == isFaulty, "\(last)")
            _ = daemon
        }
    }

    @Test("nothing is heard where nothing comes in time")
    func silence() async throws {
        let daemon = try PlayedDaemon(socket) { _ in .events(":\n\n", staysOpen: true) }
        let client = DaemonClient(.socket(socket))
        let heard = await onThread {
            let events = client.events()
            defer { events.close() }
            return try? events.next(within: .milliseconds(20))
        }
        #expect(heard == DaemonEvents.Heard.nothing)
        _ = daemon
    }

    @Test("whoever does not take events has the task wait, and loses none")
    func slow() async {
        let queue = EventQueue(after: nil, capacity: 2)
        let put = Count()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 1...20 {
                    let event = ServerEvent(id: "\(number)")
                    guard await queue.put(.event(event)) else { return }
                    put.value.wrappingAdd(1, ordering: .relaxed)
                }
            }
            let taken = await onThread { () -> [String] in
                var ids: [String] = []
                while ids.count < 20 {
                    guard case .event(let event)? = try? queue.take(within: .seconds(60)) else {
                        return ids
                    }
                    ids.append(event.id)
                    // It is at most the capacity ahead, and what has come is one of them.
                    if put.value.load(ordering: .relaxed) > ids.count + 2 { return ids + ["ahead"] }
                }
                return ids
            }
            // Where that is not all, the task must not wait for ever.
            queue.close()
            #expect(taken == (1...20).map { "\($0)" })
        }
        #expect(queue.lastID == "20")
    }

    @Test("who waits for room is let go when nobody takes any more")
    func closed() async {
        let queue = EventQueue(after: "7", capacity: 1)
        async let isWanted = queue.put(.event(ServerEvent(id: "8")))
        let end = ContinuousClock.now + .seconds(60)
        while queue.lastID != "8", ContinuousClock.now < end { await Task.yield() }
        #expect(queue.lastID == "8")
        queue.close()
        #expect(await isWanted == false)
        #expect(await queue.put(.nothing) == false)
    }
}

/// Shared by threads.
private final class Count: Sendable {
    let value = Atomic(0)
}
