/// One numbered step of the schema, in both directions.
struct Migration {
    /// The version of the schema once this step was taken: 1, 2, 3, ...
    var version: Int
    var name: String
    var up: String
    /// What `up` made is gone; what was there before is as it was.
    var down: String
}
