extension JSONWriter {
    public mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    public mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        int(Int64(value))
    }

    public mutating func member(_ name: String, _ value: Int64) {
        self.name(name)
        int(value)
    }

    public mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        double(value)
    }

    public mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    public mutating func member(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    /// RFC 3339 in UTC with milliseconds, as every time that the agent publishes.
    public mutating func member(_ name: String, _ value: Timestamp) {
        self.name(name)
        time(value)
    }

    public mutating func member(_ name: String, _ value: [String]) {
        array(name) { for text in value { $0.string(text) } }
    }

    /// Nothing at all for nil.
    public mutating func member(_ name: String, ifPresent value: String?) {
        if let value { member(name, value) }
    }

    public mutating func object(_ name: String, _ content: (inout JSONWriter) -> Void) {
        self.name(name)
        object(content)
    }

    public mutating func array(_ name: String, _ content: (inout JSONWriter) -> Void) {
        self.name(name)
        array(content)
    }

    /// A member whose value is JSON already.
    public mutating func member(_ name: String, raw json: [UInt8]) {
        self.name(name)
        raw(json)
    }
}

extension JSONValue {
    /// Compact JSON in UTF-8; scanned again it gives an equal value.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 128)
        writer.value(self)
        return writer.bytes
    }
}
