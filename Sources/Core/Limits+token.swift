/// Of a token that the broker is shown as password.
extension Limits {
    /// How often such a token, and the file that it came from, are looked at.
    public static let brokerTokenInterval: Duration = .seconds(2)
    /// The part of a token's life before its end in which a new one is asked for: one divided by
    /// this, within the two bounds below.
    public static let tokenLeadShare = 10
    public static let tokenLeadMin: Duration = .seconds(10)
    public static let tokenLeadMax: Duration = .seconds(300)
    /// How long before its `nbf` a token is shown where there is no better one, since clocks
    /// differ: as much as the API grants.
    public static let tokenStartLeeway: Duration = .seconds(30)
    /// How long a link waits for a moment with nothing under way before it is made again with a
    /// new token; then it is made again regardless, and what was not confirmed is sent again.
    public static let renewalPatienceMax: Duration = .seconds(5)
    /// How long the broker holds our will back where the password is a token: as long as an attempt
    /// to connect may take, so that a link that is made again is not missed. A crash shows on
    /// `availability` so much later.
    public static let tokenWillDelay = connectTimeMax
}
