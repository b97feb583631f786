import Core
import Dispatch
import Store
import Synchronization

/// Reads the store for the API, away from the loop and from the threads of the server.
///
/// `Limits.storeReadsAtOnce` reads run at a time, each on a queue of its own, by a connection that
/// is opened with the first read, anew after an error, and let go of when nobody has asked for a
/// while. Further reads wait, `Limits.storeReadsWaitingMax` at most. Those that may take seconds
/// leave a lane, and room to wait, to the others.
final class StorePool: Sendable {
    private struct Job: Sendable {
        let isLong: Bool
        let run: @Sendable (Lane) -> Void
    }

    /// One reading connection.
    private final class Lane: Sendable {
        let queue: DispatchQueue
        /// Touched on the queue.
        let reader = Mutex<StoreReader?>(nil)
        /// Reads so far.
        let count = Atomic(0)

        init(_ number: Int) {
            queue = DispatchQueue(label: "jamey.api.store.\(number)", qos: .utility)
        }
    }

    private struct Work {
        var free: [Lane]
        /// In the order in which they came.
        var waiting: [Job] = []
        /// Of those that run.
        var longCount = 0
        var isSearching = false
        var isClosed = false

        func hasRoom(for job: Job) -> Bool {
            guard waiting.count < Limits.storeReadsWaitingMax else { return false }
            return !job.isLong
                || waiting.count(where: \.isLong) < Limits.storeLongReadsWaitingMax
        }

        /// - Returns: where it runs; nil where it has to wait.
        mutating func take(_ job: Job) -> Lane? {
            guard mayRun(job), let lane = free.popLast() else { return nil }
            if job.isLong { longCount += 1 }
            return lane
        }

        /// - Returns: what runs behind a job on its lane.
        mutating func next(behind job: Job) -> Job? {
            if job.isLong { longCount -= 1 }
            guard let place = waiting.firstIndex(where: { mayRun($0) }) else { return nil }
            let next = waiting.remove(at: place)
            if next.isLong { longCount += 1 }
            return next
        }

        private func mayRun(_ job: Job) -> Bool {
            !job.isLong || longCount < Limits.storeLongReadsAtOnce
        }
    }

    private enum Place {
        case taken(Lane)
        case waiting
        case none(isClosed: Bool)
    }

    private let path: String
    private let lanes: [Lane]
    private let searchLane = Lane(Limits.storeReadsAtOnce)
    private let work: Mutex<Work>

    init(path: String) {
        let lanes = (0..<Limits.storeReadsAtOnce).map { Lane($0) }
        self.path = path
        self.lanes = lanes
        work = Mutex(Work(free: lanes))
    }

    /// Runs a read, which sees one moment of the store in each call of the reader.
    /// - Parameter isLong: it may take seconds.
    /// - Throws: `UNAVAILABLE` where too many wait or the store cannot be read, `INTERNAL` where it
    ///   is damaged.
    func read<Answer: Sendable>(
        isLong: Bool = false,
        _ body: @escaping @Sendable (StoreReader) throws(ReadError) -> Answer
    ) async throws(APIError) -> Answer {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Answer, APIError>, Never>) in
            let job = Job(isLong: isLong) { [path] lane in
                continuation.resume(returning: Self.run(body, on: lane, path))
            }
            let refusal = submit(job)
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// As `read`, beside all others, who do not wait for it: for the search of the files for a
    /// name, which may take as long as `Limits.forgetSearchTimeMax`. Its connection is let go of
    /// behind it.
    /// - Throws: `TOO_MANY_REQUESTS` where another one runs; as `read`.
    func search<Answer: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws(ReadError) -> Answer
    ) async throws(APIError) -> Answer {
        let refusal = work.withLock { work -> APIError? in
            if work.isClosed { return .unavailable("the agent is stopping") }
            if work.isSearching { return .tooManySearches }
            work.isSearching = true
            return nil
        }
        if let refusal { throw refusal }
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Answer, APIError>, Never>) in
            searchLane.queue.async { [self] in
                let result = Self.run(body, on: searchLane, path)
                searchLane.reader.withLock { $0 = nil }
                work.withLock { $0.isSearching = false }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    /// Whether what takes long is to end.
    var isClosed: Bool { work.withLock { $0.isClosed } }

    /// Lets go of the store once what runs has ended; whoever waits is read for, later ones are
    /// refused. When this returns, the pool has no connection any longer.
    func close() async {
        work.withLock { $0.isClosed = true }
        for lane in lanes + [searchLane] {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                lane.queue.async {
                    lane.reader.withLock { $0 = nil }
                    continuation.resume()
                }
            }
        }
    }

    /// - Returns: why the job will not run.
    private func submit(_ job: Job) -> APIError? {
        let place = work.withLock { work -> Place in
            guard !work.isClosed else { return .none(isClosed: true) }
            if let lane = work.take(job) { return .taken(lane) }
            guard work.hasRoom(for: job) else { return .none(isClosed: false) }
            work.waiting.append(job)
            return .waiting
        }
        switch place {
        case .taken(let lane):
            lane.queue.async { self.serve(job, on: lane) }
            return nil
        case .waiting: return nil
        case .none(let isClosed):
            return .unavailable(
                isClosed ? "the agent is stopping" : "too many requests wait for the store")
        }
    }

    /// The job, and those that wait, until there is none.
    private func serve(_ job: Job, on lane: Lane) {
        var next: Job? = job
        while let current = next {
            lane.count.wrappingAdd(1, ordering: .relaxed)
            current.run(lane)
            next = work.withLock { work -> Job? in
                let next = work.next(behind: current)
                if next == nil { work.free.append(lane) }
                return next
            }
        }
        closeWhenIdle(lane)
    }

    private static func run<Answer: Sendable>(
        _ body: (StoreReader) throws(ReadError) -> Answer, on lane: Lane, _ path: String
    ) -> Result<Answer, APIError> {
        lane.reader.withLock { kept in
            do throws(ReadError) {
                if kept == nil { kept = try StoreReader(path: path) }
                guard let reader = kept else { return .failure(.internalError()) }
                return .success(try body(reader))
            } catch {
                kept = nil
                return .failure(APIError(error))
            }
        }
    }

    /// Lets go of the connection, with its memory, unless somebody asks meanwhile.
    private func closeWhenIdle(_ lane: Lane) {
        let count = lane.count.load(ordering: .relaxed)
        let isClosed = self.isClosed
        let pause = DispatchTimeInterval.milliseconds(
            isClosed ? 0 : Limits.recallIdleMilliseconds)
        lane.queue.asyncAfter(deadline: .now() + pause) {
            guard lane.count.load(ordering: .relaxed) == count else { return }
            lane.reader.withLock { $0 = nil }
        }
    }
}
