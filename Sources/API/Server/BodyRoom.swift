import Core

/// The room for bodies of requests: a pure value.
///
/// No principal has all of it and no address either, so that nobody keeps the bodies of all others
/// out; and some of it is the local socket's, whose own bound is that of all.
struct BodyRoom: Sendable {
    /// Whom a body is of.
    struct Holder: Sendable {
        var block: AddressBlock
        /// nil where anybody may ask, and where that is not known.
        var principal: String?
        /// By the local socket.
        var isLocal: Bool
    }

    /// Why there is no room.
    enum Refusal: Equatable, Sendable {
        /// Of the same principal or address.
        case holder
        case all
    }

    private var held = 0
    /// Of these, what is not the local socket's.
    private var remote = 0
    private var principals: [String: Int] = [:]
    private var blocks: [AddressBlock: Int] = [:]

    /// Takes room for so many bytes, which are held or may come.
    /// - Returns: nil: it is taken, and to be given back. Else nothing was.
    mutating func take(_ bytes: Int, for holder: Holder) -> Refusal? {
        // An empty one needs none.
        guard bytes > 0 else { return nil }
        guard !holder.isLocal else {
            guard held + bytes <= Limits.apiBodiesBytesMax else { return .all }
            held += bytes
            return nil
        }
        let ofPrincipal = holder.principal.map { principals[$0, default: 0] + bytes } ?? 0
        let ofBlock = blocks[holder.block, default: 0] + bytes
        guard ofPrincipal <= Limits.apiBodiesBytesOfPrincipal,
            ofBlock <= Limits.apiBodiesBytesOfAddress
        else { return .holder }
        guard held + bytes <= Limits.apiBodiesBytesMax,
            remote + bytes <= Limits.apiBodiesBytesMax - Limits.apiBodiesBytesReserved
        else { return .all }
        held += bytes
        remote += bytes
        blocks[holder.block] = ofBlock
        if let name = holder.principal { principals[name] = ofPrincipal }
        return nil
    }

    /// Gives back what was taken.
    mutating func giveBack(_ bytes: Int, of holder: Holder) {
        guard bytes > 0 else { return }
        held -= bytes
        guard !holder.isLocal else { return }
        remote -= bytes
        if let count = blocks[holder.block] {
            blocks[holder.block] = count > bytes ? count - bytes : nil
        }
        if let name = holder.principal, let count = principals[name] {
            principals[name] = count > bytes ? count - bytes : nil
        }
    }
}

extension BodyRoom.Holder {
    init(_ context: APIContext) {
        block = AddressBlock(context.source.address)
        principal = context.principal?.name
        isLocal = if case .unix = context.source { true } else { false }
    }
}

extension BodyRoom.Refusal {
    /// As it is answered.
    var error: APIError {
        switch self {
        case .holder:
            var error = APIError.tooMany(after: .seconds(1))
            error.message = "too many large requests at once: wait for the answers to those before"
            return error
        case .all: return .unavailable("too many large requests at once")
        }
    }
}
