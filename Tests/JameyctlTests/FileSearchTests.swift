import Core
import Store
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

    @Test("what is a part of a known word does not count, also where two pieces meet")
    func words() throws {
        let scratch = try Scratch()
        let forms = EntityForms("press-7")
        var words = LongerWords()
        for text in ["a-press-7 stands", "beside press-71"] {
            words.add(forms, in: Array(text.utf8))
        }
        let size = Limits.searchPieceBytes + 100
        for place in [
            0, Limits.searchPieceBytes - 21, Limits.searchPieceBytes - 9,
            Limits.searchPieceBytes - 8, Limits.searchPieceBytes - 5, Limits.searchPieceBytes - 1,
            size - 21,
        ] {
            for (text, hits) in [
                ("a-press-7", 0), ("press-71", 0), ("press-7", 1), ("press-72", 1),
                ("heardpress-71overheat", 0), ("heardpress-7overheat", 1),
            ] {
                var bytes = [UInt8](repeating: 0, count: size)
                bytes.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8)
                var search = FileSearch(forms.all, besides: words)
                try search.search(try scratch.write("file", bytes))
                #expect(search.hits == hits && search.bytesRead == size, "\(text) at \(place)")
            }
        }
    }

    @Test("whoever has waited for long enough waits for no whole piece, and no further form")
    func over() {
        var search = FileSearch([Array("x".utf8), Array("xx".utf8)])
        var (reads, asks) = (0, 0)
        let isWhole = search.search(
            reading: { (buffer) -> Result<Int, Never> in
                reads += 1
                buffer.copyBytes(from: repeatElement(UInt8(ascii: "x"), count: buffer.count))
                return .success(buffer.count)
            },
            unless: {
                asks += 1
                return asks > 3
            })
        #expect(!isWhole && reads == 1 && asks == 4)
        #expect(search.hits == 3 * Limits.searchLookPlaces)
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
