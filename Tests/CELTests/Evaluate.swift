import CEL
import Testing

/// The value of an expression over variables given by name, without a check of its types.
func evaluate(
    _ source: String, _ variables: [String: Value] = [:]
) throws -> Value {
    let environment = Environment(variables: variables.keys.sorted(), isChecked: false)
    return try Expression(source, environment: environment)
        .evaluate(DictionaryActivation(variables))
}

/// Why an expression that parses has no value; nil when it has one.
func failure(
    _ source: String, _ variables: [String: Value] = [:]
) throws -> EvaluationError? {
    let environment = Environment(variables: variables.keys.sorted(), isChecked: false)
    let expression = try Expression(source, environment: environment)
    do {
        _ = try expression.evaluate(DictionaryActivation(variables))
        return nil
    } catch {
        return error
    }
}

/// What is wrong with an expression; empty when nothing is.
func issues(
    _ source: String, _ environment: Environment = Environment()
) -> [ParseError.Issue] {
    do {
        _ = try Expression(source, environment: environment)
        return []
    } catch {
        return error.issues
    }
}
