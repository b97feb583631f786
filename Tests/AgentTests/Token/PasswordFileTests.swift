import Core
import Foundation
import TestSupport
import Testing

@testable import Agent

@Suite("The file of a password")
struct PasswordFileTests {
    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    @Test("it is read as it is, and its stamp is another when it was replaced")
    func file() throws {
        let directory = try TestDirectory("password")
        let path = directory.path + "/token"
        let file = try PasswordFile(.path(path), credentialsDirectory: nil)
        #expect(file.stamp() == nil)
        #expect(throws: CredentialError.self) { try file.read() }
        try write("one\n", to: path)
        let first = try #require(file.stamp())
        #expect(try file.read().bytes == Array("one".utf8) && file.stamp() == first)
        try write("two\n", to: path + ".new")
        try #require(rename(path + ".new", path) == 0)
        #expect(try file.read().bytes == Array("two".utf8) && file.stamp() != first)
        #expect(file.remedy == "put a new one into \(path)")
    }

    @Test("what to do about a credential is another thing: nobody can write there")
    func credential() throws {
        let directory = try TestDirectory("password")
        try write("secret", to: directory.path + "/mqtt")
        let file = try PasswordFile(.credential("mqtt"), credentialsDirectory: directory.path)
        #expect(try file.read().bytes == Array("secret".utf8))
        #expect(file.remedy == "renew the credential mqtt, and restart the unit")
        #expect(throws: CredentialError.noCredentialsDirectory(name: "mqtt")) {
            try PasswordFile(.credential("mqtt"), credentialsDirectory: nil)
        }
    }
}
