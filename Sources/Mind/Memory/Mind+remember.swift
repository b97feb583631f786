import Core

extension Mind {
    /// Stores what somebody asks to have stored, or answers why not.
    ///
    /// Working memory, trust and rules' state stay as they are: a memory is told, not heard.
    mutating func remember(_ message: Message, of event: Event, into outcome: inout Outcome) {
        outcome.isRecorded = true
        let (read, failure) = read(message, into: &outcome)
        let document = Self.result(read, failure)
        var request = Request(document, properties: message.properties)
        let id = settings.decisionID(event.sequence, 0)
        do throws(RequestError) {
            let draft = try draft(request, message, document)
            outcome.receipts.append(
                MemoryReceipt(
                    memory: outcome.memories.count,
                    form: request.form(defaultTopic: settings.updatesTopic), id: id))
            outcome.memories.append(draft.memory(of: event))
        } catch {
            if let topic = request.answerTopic, !mayAnswer(on: topic, asking: .memoryStore) {
                request.answerTopic = nil
            }
            outcome.publications.append(
                request.form(defaultTopic: settings.updatesTopic)
                    .publication(error.json, id: id, at: event.at))
        }
    }

    private func draft(
        _ request: Request, _ message: Message, _ document: Result<JSONDocument, JSONError>
    ) throws(RequestError) -> MemoryDraft {
        if case .failure(let error) = document { throw RequestError(error) }
        guard !message.retain else { throw .retained }
        if let topic = request.answerTopic, !mayAnswer(on: topic, asking: .memoryStore) {
            throw .badResponseTopic(topic)
        }
        return try MemoryDraft(request.body)
    }
}
