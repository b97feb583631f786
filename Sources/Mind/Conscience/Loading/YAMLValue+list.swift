extension YAMLValue {
    /// The values of a list; of a scalar, the scalar alone.
    public func oneOrMore() -> [YAMLValue]? {
        if case .scalar = node.content, !node.isNull { return [self] }
        return list()
    }
}
