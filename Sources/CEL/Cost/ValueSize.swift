import Core

/// How large a value can be before there is one; what the costs of operations depend on.
///
/// Upper bounds. They are doubles because those do not overflow, and stop at `boundless`.
public struct ValueSize: Equatable, Sendable {
    enum Shape: Sendable {
        /// Of a fixed size: numbers, times, addresses.
        case scalar
        /// A string or bytes.
        case text
        case list, map
        /// Any of them, or an optional.
        case any
    }

    private(set) var shape: Shape
    /// Elements or entries, as loops count them.
    private(set) var count = 0.0
    /// Elements and entries at all levels.
    private(set) var parts = 0.0
    /// The parts of all elements together.
    private(set) var inner = 0.0
    /// UTF-8 at all levels, the keys of maps among it.
    private(set) var bytes = 0.0
    /// Whether it is what a loop gives to one turn of all that its elements have together. No
    /// bound may be cut off then: what one turn does not have, another may.
    var isShare = false
    /// What every element is, if it is known: none or one.
    private var elements: [ValueSize] = []

    static let boundless = 1e15

    /// A number, a bool, a timestamp, …
    static let scalar = ValueSize(shape: .scalar)

    /// What nothing is known of: a payload, or a part of one.
    static let unknown = ValueSize(
        shape: .any, count: Double(Limits.costElements), parts: Double(Limits.costElements),
        inner: Double(Limits.costElements), bytes: Double(Limits.costTextBytes))

    private init(
        shape: Shape, count: Double = 0, parts: Double = 0, inner: Double = 0, bytes: Double = 0,
        isShare: Bool = false, element: ValueSize? = nil
    ) {
        self.shape = shape
        self.count = min(count, Self.boundless)
        self.parts = min(parts, Self.boundless)
        self.inner = min(inner, Self.boundless)
        self.bytes = min(bytes, Self.boundless)
        self.isShare = isShare
        elements = element.map { [$0] } ?? []
    }

    static func text(_ bytes: Double, isShare: Bool = false) -> ValueSize {
        ValueSize(shape: .text, bytes: bytes, isShare: isShare)
    }

    /// - Parameters:
    ///   - inner: The parts of all elements together.
    ///   - bytes: Of all elements together.
    static func list(
        count: Double, inner: Double, bytes: Double, element: ValueSize?, isShare: Bool = false
    ) -> ValueSize {
        ValueSize(
            shape: .list, count: count, parts: count + inner, inner: inner, bytes: bytes,
            isShare: isShare, element: element)
    }

    /// A list of these.
    static func list(_ elements: [ValueSize]) -> ValueSize {
        .list(
            count: Double(elements.count), inner: elements.reduce(0) { $0 + $1.parts },
            bytes: elements.reduce(0) { $0 + $1.bytes }, element: joined(elements),
            isShare: elements.contains(where: \.isShare))
    }

    /// A map of these.
    static func map(keys: [ValueSize], values: [ValueSize]) -> ValueSize {
        var map = list(values).mapped(keyBytes: keys.reduce(0) { $0 + $1.bytes })
        map.isShare = map.isShare || keys.contains(where: \.isShare)
        return map
    }

    /// A list as the values of a map, whose keys have so many bytes together.
    func mapped(keyBytes: Double) -> ValueSize {
        ValueSize(
            shape: .map, count: count, parts: parts, inner: inner, bytes: bytes + keyBytes,
            isShare: isShare, element: elements.first)
    }

    /// What has the elements of so many maps of this size, and of so many of another.
    func merged(_ times: Double, with other: ValueSize, _ otherTimes: Double) -> ValueSize {
        func sum(_ part: KeyPath<ValueSize, Double>) -> Double {
            times * self[keyPath: part] + otherTimes * other[keyPath: part]
        }
        return ValueSize(
            shape: .map, count: sum(\.count), parts: sum(\.parts), inner: sum(\.inner),
            bytes: sum(\.bytes), isShare: isShare || other.isShare,
            element: Self.element(of: self, other))
    }

    // MARK: Parts

    /// An element of a list, or a value of a map.
    ///
    /// - Parameter isWhole: Whether it has all that the elements have together, or nothing of it.
    func element(isWhole: Bool = true) -> ValueSize {
        var element = elements.first ?? .unknown
        if element.shape == .scalar { return .scalar }
        element.bytes = isWhole ? bytes : 0
        element.parts = isWhole && element.parts > 0 ? inner : 0
        element.inner = isWhole && element.inner > 0 ? inner : 0
        element.isShare = isShare
        return element
    }

    /// A key of a map, or the index of an element.
    func key(isWhole: Bool = true) -> ValueSize {
        shape == .list ? .scalar : .text(isWhole ? bytes : 0, isShare: isShare)
    }

    /// An optional of it.
    var wrapped: ValueSize {
        ValueSize(
            shape: .any, count: count, parts: parts + 1, inner: inner, bytes: bytes,
            isShare: isShare, element: elements.first)
    }

    /// One or the other.
    func joined(with other: ValueSize) -> ValueSize {
        ValueSize(
            shape: shape == other.shape ? shape : .any, count: max(count, other.count),
            parts: max(parts, other.parts), inner: max(inner, other.inner),
            bytes: max(bytes, other.bytes), isShare: isShare || other.isShare,
            element: Self.element(of: self, other))
    }

    /// One behind the other.
    func joined(behind other: ValueSize) -> ValueSize {
        if shape == .scalar || other.shape == .scalar { return .scalar }
        let isShare = isShare || other.isShare
        if shape == .text || other.shape == .text {
            return .text(bytes + other.bytes, isShare: isShare)
        }
        let isList = shape == .list || other.shape == .list
        return ValueSize(
            shape: isList ? .list : .any, count: count + other.count, parts: parts + other.parts,
            inner: inner + other.inner, bytes: bytes + other.bytes, isShare: isShare,
            element: Self.element(of: self, other))
    }

    private static func joined(_ sizes: [ValueSize]) -> ValueSize? {
        sizes.dropFirst().reduce(sizes.first) { $0?.joined(with: $1) }
    }

    /// What the elements of both are; nil where it is not known of one.
    private static func element(of a: ValueSize, _ b: ValueSize) -> ValueSize? {
        if a.hasNoElements { return b.elements.first }
        if b.hasNoElements { return a.elements.first }
        guard let first = a.elements.first, let second = b.elements.first else { return nil }
        return first.joined(with: second)
    }

    private var hasNoElements: Bool {
        switch shape {
        case .scalar, .text: true
        case .list, .map: elements.isEmpty && count == 0
        case .any: false
        }
    }
}
