import Core
import HTTPTypes
import Proof
import ProofTestSupport
import Store
import Synchronization
import Testing

@testable import API

@Suite("Folding the log for a question")
struct DecisionReplayTests {
    /// A verdict behind so many readings.
    private func verdict(behind count: Int) throws -> (Recording, Decision) {
        let recording = try Recording(PlantRules.yaml)
        for _ in 0..<count {
            try recording.hear("plant/press-1/telemetry", #"{"temp":20}"#)
        }
        try recording.hear("cmd/press-1/proposed", #"{"action":"spin","rpm":1800}"#)
        return (recording, try #require(recording.decisions.last))
    }

    private func failure(_ result: Result<[UInt8], APIError>) -> APIError? {
        switch result {
        case .success: nil
        case .failure(let error): error
        }
    }

    @Test("what would take too long is ended, and points to jameyctl")
    func tooLong() throws {
        let (recording, decision) = try verdict(behind: 2 * Int(Limits.foldLookEvents))
        let replay = DecisionReplay(reader: try recording.reader(), decision: decision) { true }
        for result in [try replay.why(), try replay.whyNot("slow")] {
            let error = try #require(failure(result))
            #expect(error.status == .serviceUnavailable && error.code == "TAKES_TOO_LONG")
            #expect(error.message.contains("jameyctl why \(decision.id)"), "\(error.message)")
            #expect(error.headers[.retryAfter] == "10")
        }
        let patient = DecisionReplay(reader: try recording.reader(), decision: decision) { false }
        #expect(failure(try patient.why()) == nil)
        withExtendedLifetime(recording) {}
    }

    @Test("where the log no longer reaches, why is what was recorded, and why-not cannot be told")
    func outOfReach() throws {
        let (recording, decision) = try verdict(behind: 5)
        for _ in 0..<2 {
            for _ in 0..<50 { try recording.hear("plant/press-2/telemetry", #"{"temp":20}"#) }
            try recording.checkpoint()
        }
        let reader = try recording.reader()
        let at = try #require(try reader.position(of: decision.eventSequence)).at
        try recording.trim(before: at)
        let replay = DecisionReplay(reader: reader, decision: decision) { false }
        #expect(try replay.why().get() == WhyReport(decision, nil).json)
        let error = try #require(failure(try replay.whyNot("slow")))
        #expect(error.status == .conflict && error.code == "OUT_OF_REACH")
        #expect(error.message.contains("is out of reach"), "\(error.message)")
        withExtendedLifetime(recording) {}
    }

    /// What runs and has run.
    private final class Runs: Sendable {
        private let state = Mutex((now: 0, most: 0, order: [Int]()))

        var now: Int { state.withLock { $0.now } }
        var most: Int { state.withLock { $0.most } }
        var order: [Int] { state.withLock { $0.order } }

        func begin(_ number: Int) {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                state.order.append(number)
            }
        }

        func end() { state.withLock { $0.now -= 1 } }
    }

    @Test("one at a time, in the order of asking; beyond the bound somebody is refused")
    func line() async throws {
        let (line, runs) = (ReplayLine(), Runs())
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let count = Limits.replaysWaitingMax
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0...count {
                group.addTask {
                    try await line.run { () async throws(APIError) -> Void in
                        runs.begin(number)
                        if number == 0 { for await _ in gate { break } }
                        runs.end()
                    }
                }
                // So that they ask in this order.
                try await Condition.becomesTrue("the turn of \(number)") {
                    number == 0 ? runs.now == 1 : line.waitingCount == number
                }
            }
            await #expect(throws: APIError.self) {
                try await line.run { () async throws(APIError) -> Void in }
            }
            opener.yield()
            try await group.waitForAll()
        }
        #expect(runs.most == 1)
        #expect(runs.order == Array(0...count))
        #expect(line.waitingCount == 0)
    }
}
