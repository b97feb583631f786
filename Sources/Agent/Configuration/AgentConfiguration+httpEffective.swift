import Core

extension AgentConfiguration.HTTP {
    /// As the audit chain keeps it: where secrets stand, never what they are.
    func write(to json: inout JSONWriter) {
        json.member("enabled", isEnabled)
        json.member("listen", listen.map(\.text))
        json.member("socket", ifPresent: socket)
        if let tls {
            json.object("tls") { json in
                json.member("certificate", tls.certificate.text)
                json.member("key", tls.key.text)
            }
        }
        json.member("hosts", hosts)
        json.member("cors", cors)
        json.member("debug", isDebug)
        json.member("metrics", metrics.rawValue)
        json.object("rate") { json in
            json.member("per_second", rate.perSecond)
            json.member("burst", rate.burst)
        }
        if let jwt { json.object("jwt") { jwt.write(to: &$0) } }
        json.object("mqtt") { json in
            json.member("enabled", mqtt.isEnabled)
            json.array("requests") { list in
                for topic in mqtt.topics { list.object { topic.write(to: &$0) } }
            }
        }
    }
}

extension RequestTopic {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("topic", name)
        json.member("role", role.rawValue)
        json.member("without_token", trust?.rawValue ?? "none")
    }
}

extension AgentConfiguration.HTTP.JWT {
    fileprivate func write(to json: inout JSONWriter) {
        json.array("keys") { list in
            for key in keys {
                list.object { json in
                    json.member("file", key.file.text)
                    json.member("algorithm", key.algorithm.rawValue)
                    json.member("id", ifPresent: key.id)
                }
            }
        }
        json.member("jwks", ifPresent: jwks?.text)
        json.member("issuer", ifPresent: issuer)
        json.member("audience", ifPresent: audience)
        json.member("role_claim", roleClaim)
        json.member("leeway_us", leeway.microseconds)
    }
}
