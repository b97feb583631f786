/// Fed by libFuzzer (scripts/fuzz json): any bytes are read or refused, never a crash, and what is
/// read is written back as an equal document.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
    do {
        let value = try JSONScanner.scan(bytes)
        let written = value.encoded()
        guard let again = try? JSONScanner.scan(written), again == value else {
            preconditionFailure("written and read again it is another document")
        }
        precondition(again.encoded() == written, "the second writing differs from the first")
        precondition(bytes.contains { $0 > 0x20 }, "white space was read as a value")
    } catch {
        precondition(error.offset >= 0 && error.offset <= bytes.count, "an error out of place")
        precondition(error.line >= 1 && error.column >= 1, "a line or column below 1")
    }
    return 0
}
