@testable import API

/// Of HTTP: Core has another one.
typealias Request = API.Request
