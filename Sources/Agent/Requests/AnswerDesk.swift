import Core

/// Requests of one kind that were taken and not answered yet, and the answers on their way.
struct AnswerDesk {
    /// Requests and answers at most.
    let waitingMax: Int
    private var asked: [Int: AnswerForm] = [:]
    private var inFlight: Set<UInt16> = []
    private var last = 0
    private var overloadsLeft = Limits.overloadsToldPerBurst

    init(waitingMax: Int) { self.waitingMax = waitingMax }

    var isFull: Bool { waiting >= waitingMax }
    /// Requests and answers.
    var waiting: Int { asked.count + inFlight.count }
    var hasQuestions: Bool { !asked.isEmpty }

    /// - Returns: the number of a request, of one that is answered at once as well.
    mutating func number() -> Int {
        last += 1
        return last
    }

    mutating func add(_ form: AnswerForm) -> Int {
        let number = number()
        asked[number] = form
        return number
    }

    /// - Returns: nil where nobody waits for it any longer.
    mutating func take(_ number: Int) -> AnswerForm? { asked.removeValue(forKey: number) }

    mutating func sent(packetID: UInt16) { if packetID != 0 { inFlight.insert(packetID) } }
    mutating func confirmed(packetID: UInt16) {
        // Nearly every confirmation is of something else.
        if !inFlight.isEmpty { inFlight.remove(packetID) }
    }

    /// Whoever asked over that link asks again.
    mutating func linkLost() {
        asked.removeAll()
        inFlight.removeAll()
    }

    mutating func beginBurst() { overloadsLeft = Limits.overloadsToldPerBurst }

    /// Whether one more request that is not taken is told so.
    mutating func takeOverload() -> Bool {
        overloadsLeft -= 1
        return overloadsLeft >= 0
    }
}
