import Core
import Testing

@Suite("Files that a configuration names")
struct FileReferenceTests {
    @Test("a path, and a credential in both of its forms")
    func forms() {
        #expect(FileReference("/etc/ca.pem") == .path("/etc/ca.pem"))
        #expect(FileReference("credential:mqtt") == .credential("mqtt"))
        #expect(FileReference("${CREDENTIALS_DIRECTORY}/mqtt") == .credential("mqtt"))
        #expect(FileReference.path("a").path(credentials: "/c") == "a")
        #expect(FileReference.credential("a").path(credentials: "/c") == "/c/a")
        #expect(FileReference.path("a").text == "a")
        #expect(FileReference.credential("a").text == "credential:a")
    }

    @Test(
        "what names no file, or leaves the directory of the credentials, is refused",
        arguments: [
            "", "a\0b", "${HOME}/a", "credential:", "credential:.", "credential:..",
            "credential:../a", "${CREDENTIALS_DIRECTORY}/a/b", "credential:${X}",
        ])
    func refusing(_ text: String) {
        #expect(FileReference(text) == nil)
    }
}
