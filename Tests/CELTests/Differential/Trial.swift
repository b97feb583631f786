import CEL
import Core

/// One expression in its environment.
struct Trial {
    /// What the environment has beside the names of scenes.
    struct Setting {
        var names: [String] = []
        var values: [Value] = []
        var types: [String: ValueType] = [:]
        var container = ""
    }

    /// What one evaluation is given.
    struct Pair {
        /// nil where the payload has no value.
        var payload: [UInt8]?
        let variant: Int
        let fuel: Int
    }

    /// Which one of its seed.
    let number: Int
    let source: String
    let setting: Setting
    /// False where only an unchecked environment takes the expression.
    let isChecked: Bool
    let expression: CEL.Expression

    /// nil where the text is no expression in any environment.
    init?(_ source: String, in setting: Setting, number: Int) {
        self.source = source
        self.setting = setting
        self.number = number
        if let expression = Self.parse(source, setting, isChecked: true) {
            isChecked = true
            self.expression = expression
        } else if let expression = Self.parse(source, setting, isChecked: false) {
            isChecked = false
            self.expression = expression
        } else {
            return nil
        }
    }

    private static let checked = Scene.environment(isChecked: true)
    private static let unchecked = Scene.environment(isChecked: false)

    private static func parse(
        _ source: String, _ setting: Setting, isChecked: Bool
    ) -> CEL.Expression? {
        let isPlain = setting.names.isEmpty && setting.container.isEmpty
        let environment =
            isPlain
            ? (isChecked ? checked : unchecked)
            : Scene.environment(
                isChecked: isChecked, further: setting.names, types: setting.types,
                container: setting.container)
        return try? CEL.Expression(source, environment: environment)
    }

    /// What a pair is evaluated against.
    func scene(_ pair: Pair) -> Scene {
        let document = pair.payload.flatMap { try? JSONDocument($0) }
        return Scene(document: document, variant: pair.variant, further: setting.values)
    }
}
