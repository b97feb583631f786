import Core
import Testing

@Suite("Topic templates")
struct TopicTemplateTests {
    private func lookup(_ name: String) -> String? {
        ["device": "press-7", "verb": "start", "none": "", "path": "a/b", "sys": "$SYS"][name]
    }

    @Test("values take the places of their names")
    func expanding() throws {
        let template = try TopicTemplate("cmd/{device}/{verb}/{device}")
        #expect(template.names == ["device", "verb"])
        #expect(try template.expand(lookup) == "cmd/press-7/start/press-7")
        #expect(template.description == "cmd/{device}/{verb}/{device}")
        #expect(try TopicTemplate("x-{device}.y").expand(lookup) == "x-press-7.y")
        #expect(try TopicTemplate("plain").expand(lookup) == "plain")
        #expect(try TopicTemplate("cmd/{none}").expand(lookup) == "cmd/")
        #expect(try TopicTemplate("cmd/{path...}").expand(lookup) == "cmd/a/b")
    }

    @Test("a text that is no topic expands freely")
    func texts() throws {
        let entity = try TopicTemplate("{path}+{device}#", as: .text)
        #expect(try entity.expand(lookup) == "a/b+press-7#")
        #expect(try TopicTemplate("{none}", as: .text).expand(lookup) == "")
        #expect(throws: TopicError.empty) { try TopicTemplate("", as: .text) }
        let long = String(repeating: "x", count: 65_536)
        #expect(throws: TopicError.tooLong(bytes: 65_536)) { try TopicTemplate(long, as: .text) }
    }

    @Test(
        "an expansion that is no topic name is refused",
        arguments: [
            ("cmd/{nobody}", "", TopicError.noValue(name: "nobody")),
            ("{device}", "", .empty),
            ("cmd/{device}", "a/b", .unusableValue(name: "device")),
            ("cmd/{device}", "+", .unusableValue(name: "device")),
            ("cmd/{device...}", "a/#", .unusableValue(name: "device")),
            ("cmd/{device}", "\0", .unusableValue(name: "device")),
            ("{device}/x", "$SYS", .unusableValue(name: "device")),
            ("/{device}", String(repeating: "x", count: 65_535), .tooLong(bytes: 65_536)),
        ])
    func refusingValues(_ text: String, _ value: String, _ expected: TopicError) throws {
        let template = try TopicTemplate(text)
        #expect(throws: expected) { try template.expand { $0 == "device" ? value : nil } }
        #expect(!expected.description.isEmpty)
    }

    @Test("a value may begin with $ where it does not begin the topic")
    func dollar() throws {
        #expect(try TopicTemplate("x/{sys}").expand(lookup) == "x/$SYS")
    }

    @Test(
        "a text that is no template is refused with its reason",
        arguments: [
            ("", TopicError.empty),
            ("a/+/{b}", .wildcardInName),
            ("a\0", .containsNull),
            ("a/{b", .malformedPlaceholder("{b")),
            ("a}b", .malformedPlaceholder("}b")),
            ("a/{b c}", .malformedPlaceholder("{b c}")),
            ("a/{{b}}", .malformedPlaceholder("{{b}}")),
            (String(repeating: "/", count: 200), .tooManyLevels(201)),
        ])
    func refusing(_ text: String, _ expected: TopicError) {
        #expect(throws: expected) { try TopicTemplate(text) }
    }
}
