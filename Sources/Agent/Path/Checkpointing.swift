import Core
import Mind
import Store
import Synchronization

/// Encodes a copy of the mind away from the loop, so that the path never waits for it.
public protocol Checkpointing: AnyObject {
    /// Whether a copy is being encoded, or was and is not taken yet.
    var isBusy: Bool { get }
    /// Starts encoding. Not to be called while busy.
    func begin(_ mind: Mind)
    /// The finished checkpoint, once.
    func take() -> StoredCheckpoint?
}

/// Encodes at once: for tests, which want every turn to be the same, and for the last turn.
public final class InlineCheckpointing: Checkpointing {
    private var finished: StoredCheckpoint?

    public init() {}

    public var isBusy: Bool { finished != nil }
    public func begin(_ mind: Mind) { finished = mind.storedCheckpoint() }

    public func take() -> StoredCheckpoint? {
        defer { finished = nil }
        return finished
    }
}

/// Encodes on another thread; the loop looks for the result at its next turn.
public final class BackgroundCheckpointing: Checkpointing {
    /// Shared by the two threads.
    private final class Slot: Sendable {
        let isFinished = Atomic(false)
        let checkpoint = Mutex<StoredCheckpoint?>(nil)
    }

    private let slot = Slot()
    public private(set) var isBusy = false
    /// Bytes of the last one.
    private var size = 0

    public init() {}

    public func begin(_ mind: Mind) {
        precondition(!isBusy)
        isBusy = true
        Task.detached(priority: .utility) { [slot, size] in
            let checkpoint = mind.storedCheckpoint(after: size)
            slot.checkpoint.withLock { $0 = checkpoint }
            slot.isFinished.store(true, ordering: .releasing)
        }
    }

    public func take() -> StoredCheckpoint? {
        guard isBusy, slot.isFinished.load(ordering: .acquiring) else { return nil }
        slot.isFinished.store(false, ordering: .relaxed)
        isBusy = false
        return slot.checkpoint.withLock { stored in
            defer { stored = nil }
            size = stored?.bytes.count ?? 0
            return stored
        }
    }
}

extension Mind {
    func storedCheckpoint(after size: Int = 0) -> StoredCheckpoint {
        StoredCheckpoint(sequence: sequence, at: now, bytes: checkpoint(after: size))
    }
}
