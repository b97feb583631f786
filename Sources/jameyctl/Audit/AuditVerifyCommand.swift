import ArgumentParser
import Core
import Store

/// `jameyctl audit verify`
struct AuditVerifyCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walks the audit chain and names the first broken link.",
        discussion: """
            Every link must follow the one before, and every decision, rule set, activation, \
            trust override, forgetting, configuration, credential, access, API key and \
            acknowledgement must be what its link says, or be gone as a later link says. With a \
            head that was held elsewhere (jameyctl audit head, or the payload of audit/head) a \
            tail that was cut off shows. Exits with 0 when the chain is whole, with 1 when it is \
            not or does not have the head. Other exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @Option(help: "The chain must have this link: SEQ:HASH or HASH, 64 hexadecimal digits.")
    var head: String?

    @Option(help: "The same from a file: a payload of audit/head.", completion: .file())
    var headFile: String?

    @Option(
        help: "The Ed25519 key that must have signed it: PEM, or 32 bytes.", completion: .file())
    var publicKey: String?

    @Flag(help: "As one JSON object.")
    var json = false

    func validate() throws {
        if let head, HeldHead(text: head) == nil {
            throw ValidationError("--head must be SEQ:HASH or HASH, 64 hexadecimal digits")
        }
        if head != nil, headFile != nil {
            throw ValidationError("--head and --head-file are one and the same: give one of them")
        }
        if publicKey != nil, headFile == nil {
            throw ValidationError("--public-key needs --head-file, which has the signature")
        }
    }

    func perform() throws(Ending) {
        let published = try self.published()
        let signature = try isSigned(published)
        let reader = try store.open()
        let held =
            published.map { HeldHead(seq: $0.seq, hash: $0.hash) }
            ?? head.flatMap(HeldHead.init(text:))
        var report: AuditReport
        do throws(ReadError) {
            report = AuditReport(try reader.verifyAudit(held: held), held: held)
        } catch { throw Ending(error) }
        if signature == false {
            report.refuse(AuditFinding(.signature, seq: published?.seq))
        }
        report.isSigned = signature == true
        try report.tell(asJSON: json)
        if !report.isWhole { throw Ending(code: Exit.noValue) }
    }

    private func published() throws(Ending) -> PublishedHead? {
        guard let path = headFile else { return nil }
        let bytes = try read(path, bytesMax: Limits.auditHeadBytesMax)
        guard let head = PublishedHead(json: bytes) else {
            throw .failure(Exit.data, "\(path) is no payload of audit/head")
        }
        return head
    }

    /// nil where nobody asked.
    private func isSigned(_ head: PublishedHead?) throws(Ending) -> Bool? {
        guard let head, let path = publicKey else { return nil }
        let bytes = try read(path, bytesMax: Limits.auditKeyBytesMax)
        guard let key = AuditPublicKey(bytes) else {
            throw .failure(Exit.data, "\(path) is no Ed25519 public key: 32 bytes, or PEM")
        }
        return head.isSigned(by: key)
    }

    private func read(_ path: String, bytesMax: Int) throws(Ending) -> [UInt8] {
        do throws(TextFileError) {
            return try TextFile.readBytes(path, bytesMax: bytesMax) { _ in nil }
        } catch {
            throw .failure(Exit.noInput, "\(path) \(error)")
        }
    }
}

extension HeldHead {
    /// `SEQ:HASH` or `HASH`, which may begin with `sha256:`.
    init?(text: String) {
        var rest = text[...]
        var seq: Int64?
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1, let number = Int64(parts[0]), number > 0 {
            seq = number
            rest = text.dropFirst(parts[0].count + 1)
        }
        if rest.hasPrefix("sha256:") { rest = rest.dropFirst("sha256:".count) }
        guard let hash = Hexadecimal.bytes(String(rest)), hash.count == 32 else { return nil }
        self.init(seq: seq, hash: hash)
    }
}
