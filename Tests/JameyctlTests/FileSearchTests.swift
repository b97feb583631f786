import Core
import Testing

@testable import jameyctl

@Suite("Searching files for a name")
struct FileSearchTests {
    @Test("it is found wherever it stands, once, also where two pieces meet")
    func pieces() throws {
        let scratch = try Scratch()
        let name = Array("a-name".utf8)
        let size = 2 * Limits.searchPieceBytes + 100
        for place in [
            0, 1, Limits.searchPieceBytes - 6, Limits.searchPieceBytes - 5,
            Limits.searchPieceBytes - 1, Limits.searchPieceBytes, 2 * Limits.searchPieceBytes - 3,
            size - 6,
        ] {
            var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: size)
            bytes.replaceSubrange(place..<(place + 6), with: name)
            let path = try scratch.write("file", bytes)
            var search = FileSearch([name, Array("longer than that".utf8)])
            try search.search(path)
            #expect(search.hits == 1 && search.files == 1 && search.bytesRead == size, "\(place)")
        }
    }

    @Test("several forms count apart, what is not there is no file")
    func forms() throws {
        let scratch = try Scratch()
        let path = try scratch.write("file", "xyxyx e7879 xyz")
        var search = FileSearch([Array("xy".utf8), Array("e7879".utf8)])
        try search.search(path)
        try search.search(path + "-wal")
        #expect(search.hits == 4 && search.files == 1)
        #expect(throws: Ending.self) { try search.search(scratch.directory) }
    }
}
