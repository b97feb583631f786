/// A part of the agent that health tells of by itself, in this order.
enum Component: String, CaseIterable, Sendable {
    case broker, store, mind, memory, outbox, api
}
