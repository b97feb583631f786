import Mind

/// An alert that fires. What it said, and the value that it saw, are in the decision that began
/// it: whoever shows them reads that from the store.
public typealias FiringAlert = AlertReading
