import ArgumentParser
import Core
import Proof
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
            tail that was cut off shows. The store's file is read, by this program and as fast as \
            the machine can, unless an option names the agent (--socket, --url): it then does it \
            in the background, slowly; the signature of a head is checked here all the same. Take \
            the file where the agent itself is in doubt. Exits with 0 when the chain is whole, \
            with 1 when it is not or does not have the head. Other exit codes: see jameyctl \
            --help.
            """)

    @OptionGroup var place: ProofPlaceOptions

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
        let held =
            published.map { HeldHead(seq: $0.seq, hash: $0.hash) }
            ?? head.flatMap { HeldHead(text: $0) }
        var report: AuditReport
        switch try place.resolve() {
        case .file(let store):
            report = AuditReport(try verify(try store.open(), held), held: held)
        case .daemon(let daemon): report = try ask(daemon, held)
        }
        if signature == false {
            report.refuse(AuditFinding(.signature, seq: published?.seq))
        }
        if signature == true { report.isSigned = true }
        try report.tell(asJSON: json)
        if !report.isWhole { throw Ending(code: Exit.noValue) }
    }

    private func verify(
        _ reader: StoreReader, _ held: HeldHead?
    ) throws(Ending) -> AuditVerification {
        let pass = AuditPass(reader, held: held)
        var bar: ProgressBar?
        defer { bar?.clear() }
        do throws(ReadError) {
            while true {
                if let result = try pass.next() { return result }
                if bar == nil { bar = ProgressBar(total: pass.total, unit: "steps") }
                bar?.show(pass.done)
            }
        } catch { throw Ending(error) }
    }

    private func ask(_ daemon: DaemonClient, _ held: HeldHead?) throws(Ending) -> AuditReport {
        let body = JSONWriter.object { $0.member("head", ifPresent: held?.text) }
        let job = DaemonJob(daemon: daemon, kind: .verification, body: body)
        guard let report = AuditReport(json: try job.carryOut()) else {
            throw DaemonAnswer.foreign
        }
        // What was not looked at must not pass for found.
        guard (report.isSigned != nil) == (held != nil) else { throw DaemonAnswer.foreign }
        return report
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
