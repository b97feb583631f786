import Core

/// A page of a list, as every route that has one answers it.
enum PageView {
    /// `{"decisions":[…],"next":"…"}`
    /// - Parameters:
    ///   - name: of the list.
    ///   - elements: JSON each.
    ///   - next: the cursor of the next page; nil where there is none.
    static func json(_ name: String, _ elements: [[UInt8]], next: String?) -> [UInt8] {
        let bytes = elements.reduce(64) { $0 + $1.count + 1 }
        return JSONWriter.object(reservingBytes: bytes) { json in
            json.array(name) { list in for element in elements { list.raw(element) } }
            json.member("next", ifPresent: next)
        }
    }
}
