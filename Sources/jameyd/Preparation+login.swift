import Agent
import Broker
import Core

extension Preparation {
    /// Reads the configuration and what the broker is shown; whether all else is good is for a
    /// check to say.
    static func login(_ path: String) -> Result<LoginTrial, Problems> {
        let configuration: AgentConfiguration
        do throws(ConfigurationError) {
            configuration = try ConfigurationFile.load(path)
        } catch {
            return .failure(Problems(text: error.description))
        }
        do throws(CredentialError) {
            let options = try linkOptions(configuration)
            let problems = options.problems().map { "\(path): error: \($0)" }
            guard problems.isEmpty else {
                return .failure(Problems(text: problems.joined(separator: "\n")))
            }
            return .success(LoginTrial(configuration, link: options))
        } catch {
            return .failure(Problems(text: "\(path): error: \(error)"))
        }
    }
}
