#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `JAMEY_SEED` of the environment, by which a failing property test is repeated.
enum ProcessSeed {
    static let text: String? = getenv("JAMEY_SEED").map { String(cString: $0) }
}
