import Agent
import Broker
import Core
import Dispatch
import Foundation
import Glibc
import Logging
import Mind
import Store
import Synchronization

/// A real agent on a store of its own, turned by a thread as the daemon turns it.
final class AgentThread: Sendable {
    /// How one is made; all of it may cross to the thread.
    struct Plan: Sendable {
        var store: String
        var settings: AgentSettings
        var rules: any RuleSource
        var shadowRules: (any RuleSource)?
        var passwords: (any PasswordSource)?
        var clock: any TimeSource
        var log: Logger
        var isBrokerThere: Bool
        /// What is in the store before the agent opens it.
        var fill: @Sendable (StoreWriter) throws -> Void
    }

    private struct Inbox {
        var messages: [Message] = []
        /// Resumed once the agent has turned with the messages before.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isStopping = false
        var isOver = false
    }

    /// How often the loop turns although nobody asks.
    private static let turnMilliseconds: Int32 = 20

    let port: AgentPort
    private let inbox = Mutex(Inbox())
    private let failure = Mutex<(any Error)?>(nil)
    private let hasStarted = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// - Throws: what kept the agent from starting.
    init(_ plan: Plan, port: AgentPort) throws {
        self.port = port
        Thread.detachNewThread { self.run(plan) }
        hasStarted.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Has the agent hear messages; returns when they are committed.
    func hear(_ messages: [Message]) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOver = inbox.withLock { inbox in
                guard !inbox.isOver else { return true }
                inbox.messages += messages
                inbox.waiting.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Returns when the agent has closed its store.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        hasEnded.wait()
        // For whoever else waits.
        hasEnded.signal()
    }

    private func run(_ plan: Plan) {
        defer {
            port.close()
            let waiting = inbox.withLock { inbox in
                inbox.isOver = true
                return inbox.waiting
            }
            for continuation in waiting { continuation.resume() }
            hasEnded.signal()
        }
        do {
            let link = PlayedLink(isBrokerThere: plan.isBrokerThere)
            let store = try StoreWriter(path: plan.store, durability: .process)
            try plan.fill(store)
            let agent = try Agent(
                settings: plan.settings, link: link, store: store, rules: plan.rules,
                shadowRules: plan.shadowRules, time: plan.clock,
                checkpointing: InlineCheckpointing(), recalling: InlineRecall(store: plan.store),
                passwords: plan.passwords, log: plan.log)
            // The link comes up within the first turns.
            for _ in 0..<4 { agent.turn() }
            hasStarted.signal()
            turn(agent, link)
        } catch {
            failure.withLock { $0 = error }
            hasStarted.signal()
        }
    }

    private func turn(_ agent: Agent, _ link: PlayedLink) {
        var isStopping = false
        while !agent.isStopped {
            var polled = pollfd(fd: port.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, link.hasBufferedInput ? 0 : Self.turnMilliseconds)
            let (messages, waiting, stops) = inbox.withLock { inbox in
                defer {
                    inbox.messages = []
                    inbox.waiting = []
                }
                return (inbox.messages, inbox.waiting, inbox.isStopping)
            }
            link.messages += messages
            if stops, !isStopping {
                isStopping = true
                agent.stop()
            }
            agent.turn()
            if !agent.isStopped { port.serve(agent) }
            for continuation in waiting { continuation.resume() }
        }
    }
}
