import Testing

@testable import API

@Suite("Entity tags of a precondition")
struct EntityTagsTests {
    @Test(
        "a list of tags is read, whatever its white space",
        arguments: [
            #""a""#, #" "a" "#, #""x","a""#, #""x" , "a",  "y""#, #"W/"x", "a""#, #""a","#,
        ])
    func lists(_ text: String) throws {
        let tags = try #require(EntityTags(text))
        #expect(tags.matchesStrongly("a") && tags.matchesWeakly("a"))
        #expect(!tags.matchesStrongly("b") && !tags.matchesWeakly("b"))
    }

    @Test("a weak tag is good enough for a cache, and for no change")
    func weak() throws {
        let tags = try #require(EntityTags(#"W/"a""#))
        #expect(!tags.matchesStrongly("a") && tags.matchesWeakly("a"))
    }

    @Test("an asterisk is every tag")
    func any() throws {
        let tags = try #require(EntityTags(" * "))
        #expect(tags == .any && tags.matchesStrongly("a"))
    }

    @Test(
        "what is no list of tags is refused",
        arguments: ["", "a", #""a"#, #""a" "b""#, #"w/"a""#, "*, *", #""a";"#, ","])
    func malformed(_ text: String) { #expect(EntityTags(text) == nil) }
}
