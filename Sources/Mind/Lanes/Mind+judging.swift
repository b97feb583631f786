import Core

/// A mind of which only the decisions are wanted, as a backtest wants them.
extension Mind {
    /// Leaves out from now on what no decision depends on: what numbers came to in a minute, what
    /// episodes and their summaries say, and what is published of alerts. Of an alert's decision
    /// the JSON has `rule`, `message` and a `value` that has others in it. What actions publish is
    /// still made: whether that fails is counted.
    ///
    /// It decides the same, event by event, for as long as it knows at most so many entities as are
    /// returned: with more, the numbers that it left out might have had one forgotten.
    /// - Parameter lanes: so many minds share what all entities may take.
    public mutating func judgeOnly(share lanes: Int = 1) -> Int {
        judgesOnly = true
        // Minutes that are open on routes that are no more take their part until they close.
        let bytesMax = rollUps.bytesMax - rollUps.bytes
        let all = rollUps.bytesMax
        rollUps = RollUpMemory()
        rollUps.bytesMax = all
        let routes = plans.count(where: \.makesRollUps)
        guard routes > 0 else { return .max }
        return bytesMax / (RouteRollUp.estimatedBytesMax * routes * lanes)
    }
}
