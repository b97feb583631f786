extension APISettings {
    /// What can be found wrong without listening: for a check of the configuration.
    public func problems() -> [String] {
        do throws(TLSFault) {
            _ = try tls?.load()
            return []
        } catch { return ["\(error)"] }
    }
}
