/// Which numbers are sent, and which the broker has: a value, so that it can be tested alone.
struct NumberedStream: Equatable {
    private let first: Int
    private let last: Int
    private let window: Int
    /// The next number that was never sent.
    private var fresh: Int
    /// Sent, not acknowledged: the number of each packet identifier.
    private var waiting: [UInt16: Int] = [:]
    /// Lost before their PUBACK, to be sent again, highest first.
    private var lost: [Int] = []
    /// Acknowledged above `confirmed`, which is possible after a loss.
    private var early: Set<Int> = []
    private var packetID: UInt16 = 0
    /// This number and all before it are acknowledged; one below the first when none is.
    private(set) var confirmed: Int
    private(set) var resent = 0

    /// - Parameter window: 1...60,000, so that no identifier is used twice at a time.
    init(from first: Int, last: Int, window: Int) {
        self.first = first
        self.last = last
        self.window = window
        fresh = first
        confirmed = first - 1
    }

    var isDone: Bool { confirmed == last }

    var summary: String {
        """
        {"first":\(first),"last_sent":\(fresh - 1),"confirmed":\(confirmed),"resent":\(resent)}
        """
    }

    /// The next number to send and its packet identifier; nil while the window is full or nothing
    /// up to `due` is left.
    mutating func next(due: Int) -> (number: Int, packetID: UInt16)? {
        guard waiting.count < window else { return nil }
        let number: Int
        if let again = lost.popLast() {
            number = again
            resent += 1
        } else {
            guard fresh <= min(due, last) else { return nil }
            number = fresh
            fresh += 1
        }
        repeat { packetID = packetID == .max ? 1 : packetID + 1 } while waiting[packetID] != nil
        waiting[packetID] = number
        return (number, packetID)
    }

    mutating func acknowledge(_ packetID: UInt16) {
        guard let number = waiting.removeValue(forKey: packetID) else { return }
        early.insert(number)
        while early.remove(confirmed + 1) != nil { confirmed += 1 }
    }

    /// The connection is gone, and with it every PUBACK that was on its way.
    mutating func lose() {
        lost = (lost + waiting.values).sorted(by: >)
        waiting.removeAll()
    }
}
