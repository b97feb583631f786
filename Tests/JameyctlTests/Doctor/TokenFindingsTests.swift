import Core
import Testing

@testable import jameyctl

@Suite("What doctor says of a token for the broker")
struct TokenFindingsTests {
    private let scratch: Scratch
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)

    init() throws { scratch = try Scratch() }

    private func findings(
        _ password: String, _ reference: FileReference? = nil
    ) throws -> [Finding] {
        let path = try scratch.write("token", password)
        var outline = ConfigurationOutline()
        outline.files = [
            .init(
                key: "broker.password_file", reference: reference ?? .path(path), isSecret: true)
        ]
        return BrokerCheck(outline: outline, credentials: scratch.directory)
            .tokenFindings(at: now)
    }

    private func token(_ claims: String) -> String {
        [#"{"alg":"HS256"}"#, claims, "signed"].map { Base64URL.encode(Array($0.utf8)) }
            .joined(separator: ".")
    }

    @Test("an expired token is an error in words, with what to do; the token itself is not told")
    func expired() throws {
        let text = token(#"{"exp":1699999999}"#)
        let finding = try #require(try findings(text + "\n").first)
        #expect(finding.level == .error && finding.check == "broker.token")
        #expect(finding.message.contains("expired at 2023-11-14T22:13:19.000Z"), "\(finding)")
        #expect(finding.advice?.contains("put a new one there") == true)
        #expect(!"\(finding)".contains(text))
        let credential = try #require(try findings(text, .credential("token")).first)
        #expect(credential.advice?.contains("restart jameyd") == true, "\(credential)")
    }

    @Test("one that ends soon or has not begun is a warning, a good one is well")
    func others() throws {
        for (claims, level) in [
            (#"{"iat":1699999000,"exp":1700000005}"#, Finding.Level.warning),
            (#"{"nbf":1700000100,"exp":1700009999}"#, .warning),
            (#"{"iat":1699999000,"exp":1700009999}"#, .ok),
        ] {
            #expect(try findings(token(claims)).map(\.level) == [level], "\(claims)")
        }
    }

    @Test("a password that is no token, or is not there, is not spoken of")
    func none() throws {
        #expect(try findings("hunter2").isEmpty)
        #expect(try findings("", .path("/none/such")).isEmpty)
        let check = BrokerCheck(outline: ConfigurationOutline(), credentials: scratch.directory)
        #expect(check.tokenFindings(at: now).isEmpty)
    }
}
