import Testing

@testable import API

@Suite("Work that waits for the disk")
struct BlockingQueueTests {
    @Test("where too much waits further work is refused, but for what undoes something")
    func refusal() async throws {
        let full = BlockingQueue(label: "jamey.test", waitingMax: 0)
        await #expect(throws: APIError.self) {
            try await full.run { () throws(APIError) -> Int in 1 }
        }
        let undone = try await full.runAnyway { () throws(APIError) -> Int in 2 }
        #expect(undone == 2)
    }

    @Test("work that is over makes room, also where it has failed")
    func room() async throws {
        let queue = BlockingQueue(label: "jamey.test", waitingMax: 1)
        for _ in 0..<3 {
            await #expect(throws: APIError.self) {
                try await queue.runAnyway { () throws(APIError) -> Int in throw .forbidden }
            }
            let answer = try await queue.run { () throws(APIError) -> Int in 1 }
            #expect(answer == 1)
        }
    }
}
