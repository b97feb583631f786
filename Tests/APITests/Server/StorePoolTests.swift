import Core
import Dispatch
import Store
import Synchronization
import Testing

@testable import API

@Suite("Reading the store for the API")
struct StorePoolTests {
    @Test("reads are answered, also many more than run at a time")
    func reads() async throws {
        let fixture = try APIFixture.make()
        let pool = fixture.services.store
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<Limits.storeReadsWaitingMax {
                group.addTask {
                    try await pool.read { (reader) throws(ReadError) in
                        _ = try reader.decisions(DecisionQuery(limit: 1))
                        return number
                    }
                }
            }
            var answers: Set<Int> = []
            for try await answer in group { answers.insert(answer) }
            return answers
        }
        #expect(answers.count == Limits.storeReadsWaitingMax)
    }

    @Test("beyond the bound a read is refused at once, and there is room again afterwards")
    func full() async throws {
        let fixture = try APIFixture.make()
        let pool = fixture.services.store
        await overfill(pool, Limits.storeReadsAtOnce + Limits.storeReadsWaitingMax) { running in
            #expect(running <= Limits.storeReadsAtOnce)
        }
        let one = try await pool.read { (_) throws(ReadError) in 1 }
        #expect(one == 1)
    }

    @Test("reads that take long leave a connection to the others, and room to wait")
    func long() async throws {
        let fixture = try APIFixture.make()
        let pool = fixture.services.store
        let capacity = Limits.storeLongReadsAtOnce + Limits.storeLongReadsWaitingMax
        await overfill(pool, capacity, isLong: true) { _ in
            for number in 0..<3 {
                let short = try? await pool.read { (_) throws(ReadError) in number }
                #expect(short == number)
            }
        }
    }

    @Test("a search keeps nobody waiting, another one is asked to come again, and then runs")
    func search() async throws {
        let fixture = try APIFixture.make()
        let pool = fixture.services.store
        let gate = DispatchSemaphore(value: 0)
        let begun = Count()
        async let first = pool.search { (_) throws(ReadError) -> Int in
            begun.value.wrappingAdd(1, ordering: .relaxed)
            gate.wait()
            return 1
        }
        // Nobody may be left at the gate: behind what waits there, so that it is opened before.
        defer { gate.signal() }
        try await Condition.becomesTrue("the search has begun") {
            begun.value.load(ordering: .relaxed) == 1
        }
        let long = try? await pool.read(isLong: true) { (_) throws(ReadError) in 2 }
        let short = try? await pool.read { (_) throws(ReadError) in 3 }
        #expect(long == 2 && short == 3)
        do throws(APIError) {
            _ = try await pool.search { (_) throws(ReadError) in 4 }
            Issue.record("two searches at once")
        } catch {
            #expect(error.status == .tooManyRequests && error.code == "TOO_MANY_REQUESTS")
            #expect(error.headers[.retryAfter] == "5")
        }
        gate.signal()
        let answer = try await first
        let next = try await pool.search { (_) throws(ReadError) in 5 }
        #expect(answer == 1 && next == 5)
        await pool.close()
        do throws(APIError) {
            _ = try await pool.search { (_) throws(ReadError) in 6 }
            Issue.record("it was searched")
        } catch { #expect(error.code == "UNAVAILABLE") }
    }

    /// Reads once more than there is room for, which is refused at once. All others run or wait
    /// while it is looked at them, and are answered then.
    private func overfill(
        _ pool: StorePool, _ capacity: Int, isLong: Bool = false,
        meanwhile: (_ running: Int) async -> Void
    ) async {
        let gate = DispatchSemaphore(value: 0)
        let running = Count()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0...capacity {
                group.addTask {
                    do throws(APIError) {
                        return try await pool.read(isLong: isLong) { (_) throws(ReadError) in
                            running.value.wrappingAdd(1, ordering: .relaxed)
                            gate.wait()
                            return true
                        }
                    } catch {
                        #expect(error.status == .serviceUnavailable)
                        return false
                    }
                }
            }
            // The one too many is the first to end: the others are at the gate.
            let first = await group.next()
            #expect(first == false)
            await meanwhile(running.value.load(ordering: .relaxed))
            for _ in 0..<capacity { gate.signal() }
            var done = 0
            for await isDone in group where isDone { done += 1 }
            #expect(done == capacity)
        }
    }

    @Test("a store that is not there is unavailable, without its path being told")
    func missing() async throws {
        let pool = StorePool(path: "/nowhere/secret.db")
        do throws(APIError) {
            _ = try await pool.read { (_) throws(ReadError) in 1 }
            Issue.record("it was read")
        } catch {
            #expect(error.status == .serviceUnavailable)
            #expect(!error.message.contains("secret"))
            #expect(error.details?.contains("/nowhere/secret.db") == true)
        }
    }

    @Test("once it is closed nothing is read any longer")
    func closed() async throws {
        let fixture = try APIFixture.make()
        let pool = fixture.services.store
        _ = try await pool.read { (_) throws(ReadError) in 1 }
        await pool.close()
        do throws(APIError) {
            _ = try await pool.read { (_) throws(ReadError) in 1 }
            Issue.record("it was read")
        } catch { #expect(error.code == "UNAVAILABLE") }
    }
}

/// Shared by threads.
private final class Count: Sendable {
    let value = Atomic(0)
}
