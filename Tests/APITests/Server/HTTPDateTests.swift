import Core
import Testing

@testable import API

@Suite("Times as HTTP writes them")
struct HTTPDateTests {
    @Test(
        "day, month and leading zeros are where they belong",
        arguments: [
            ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("2024-02-29T23:59:59.999Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
            ("2026-03-01T12:00:00+01:00", "Sun, 01 Mar 2026 11:00:00 GMT"),
        ])
    func text(time: String, expected: String) throws {
        #expect(HTTPDate.text(try Timestamp(rfc3339: time)) == expected)
    }
}
