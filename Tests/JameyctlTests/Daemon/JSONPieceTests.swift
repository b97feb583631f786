import Core
import Testing

@testable import jameyctl

@Suite("Pieces of JSON")
struct JSONPieceTests {
    private func piece(_ text: String) -> JSONPiece { JSONPiece(Array(text.utf8)) }

    private func text(_ piece: JSONPiece?) -> String? {
        piece.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("what is found is as it was written, whatever stands around it")
    func pieces() {
        let report = piece(
            """
             { "a" : 1.0 ,"text":"a \\"b\\" }],:{ \\\\","list": [ 1.50, {"b":[2 ]} , "x,y" ],
               "nothing":{}, "end":null}
            """)
        #expect(text(report["a"]) == "1.0" && report["a"]?.double == 1)
        #expect(report["text"]?.string == #"a "b" }],:{ \"#)
        #expect(report["list"]?.elements?.map { text($0) } == ["1.50", #"{"b":[2 ]}"#, #""x,y""#])
        #expect(text(report["list"]?.elements?[1]["b"]?.elements?.first) == "2")
        #expect(text(report["nothing"]) == "{}" && text(report["end"]) == "null")
        #expect(report["b"] == nil && report["tex"] == nil && report[""] == nil)
        #expect(report["a"]?["b"] == nil && report["a"]?.elements == nil)
        #expect(piece("[]").elements?.isEmpty == true && piece("[ ]").elements?.isEmpty == true)
        #expect(piece("{}")["a"] == nil)
    }

    @Test("a piece is on one line, its texts with what stands in them")
    func line() {
        let found = piece("{\"a\":\n [1,\r\n 2], \"b\":\"x\\ny\"}").line
        #expect(String(decoding: found, as: UTF8.self) == #"{"a": [1, 2], "b":"x\ny"}"#)
    }

    @Test("of what is no JSON nothing is made")
    func broken() {
        for text in ["", " ", "{", "[", "{\"a\"", "{\"a\":", "[,", "]", "x", "\"", "{\"a\":[1}"] {
            let found = piece(text)
            #expect(found.value == nil && found["b"] == nil, "\(text)")
            #expect(found["a"]?.value == nil, "\(text)")
            #expect((found.elements ?? []).allSatisfy { $0.value == nil }, "\(text)")
        }
        #expect(piece("[1,x,2]").elements?.map(\.int) == [1, nil, 2])
    }

    @Test("a list has more elements than are read at once")
    func long() {
        let count = Limits.jsonElementsMax + 1
        let list = "[" + Array(repeating: "0", count: count).joined(separator: ",") + "]"
        #expect(piece(list).value == nil)
        #expect(piece(list).elements?.count == count)
    }
}
