/// Of minutes, hours and days (decision 0019).
extension Limits {
    /// Levels of a payload that numbers are found on; those deeper are left out.
    public static let rollUpDepthMax = 3
    /// Numbers, and objects around them, of one entity on one route; further ones are left out
    /// (`ROLLUPS_FULL`), and which ones are taken begins anew with the next minute.
    public static let rollUpFieldsMax = 64
    /// Bytes of a field's name as it is written; one with a longer name is left out.
    public static let rollUpNameBytesMax = 256
    /// Bytes of open minutes over all entities; beyond it the least recently heard is forgotten.
    public static let rollUpBytesMax = 64 << 20
    /// Entities that fell silent whose minute one event closes; the others follow with the next.
    public static let rollUpsClosedPerEvent = 8
    /// How long one slice of consolidation may take, but for its last step.
    public static let consolidationTimeMax: Duration = .milliseconds(1)
    /// Minutes read in one step of it.
    public static let consolidationStepRows = 32
    /// Bytes of hours that are gathered before they are written, by an estimate; beyond it they are
    /// written, and what is left of the hour is merged into them.
    public static let consolidationBytesMax = 32 << 20
    /// Newest events that are looked through for the minute that is not over yet.
    public static let seriesEventsMax = 100_000
    /// Newest minutes whose entities are offered where a name is not known.
    public static let rollUpNamesLooked = 50_000
    /// Hours or days of which one step of forgetting deletes an entity's.
    public static let forgetSlicePeriods = 512
    /// The part of the store's bytes, 1/2, that minutes may take; beyond it the oldest are deleted.
    public static let minutesShare: Int64 = 2
    /// The same of hours, 1/8, and of days, 1/16.
    public static let hoursShare: Int64 = 8
    public static let daysShare: Int64 = 16
}
