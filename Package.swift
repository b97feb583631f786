// swift-tools-version: 6.1
import PackageDescription

/// Our own targets build in Swift 6 language mode with warnings as errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-warnings-as-errors"]),
    // Debug builds, and so the tests, check that access to memory is exclusive.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let package = Package(
    name: "jamey",
    products: [
        .executable(name: "jameyd", targets: ["jameyd"]),
        .executable(name: "jameyctl", targets: ["jameyctl"]),
        .executable(name: "jameysim", targets: ["jameysim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Floor 0
        .target(name: "Core", swiftSettings: strict),
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "CGather"),
        // Floor 1
        .target(name: "CEL", dependencies: ["Core"], swiftSettings: strict),
        .target(
            name: "Store",
            dependencies: [
                "Core",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ], swiftSettings: strict),
        .target(
            name: "Broker", dependencies: ["Core", "CMosquitto", "CGather"], swiftSettings: strict),
        // Floor 2
        .target(
            name: "Mind",
            dependencies: [
                "Core", "CEL",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: strict),
        // Floor 3
        .target(
            name: "Agent",
            dependencies: [
                "Core", "Mind", "Store", "Broker", "CLinux",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: strict),
        .target(
            name: "Proof",
            dependencies: [
                "Core", "CEL", "Mind", "Store",
                .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: strict),
        // Floor 4
        .target(name: "CAssets"),
        .target(
            name: "API",
            dependencies: [
                "Core", "Mind", "Store", "Agent", "Proof", "CAssets",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], exclude: ["Dashboard/Files", "OpenAPI"], swiftSettings: strict),
        // Floor 5
        .executableTarget(
            name: "jameyd",
            dependencies: [
                "API", "Agent",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "jameyctl",
            dependencies: [
                "Core", "CEL", "Mind", "Store", "Proof", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "jameysim",
            dependencies: [
                "Core", "CEL", "Broker",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        // Tests
        .target(
            name: "TestSupport",
            dependencies: [.product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: strict),
        .testTarget(name: "CELTests", dependencies: ["CEL", "Core"], swiftSettings: strict),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "Core", "TestSupport"],
            swiftSettings: strict),
        // A real mosquitto, its certificates and clients, for the tests below.
        .target(
            name: "BrokerTestSupport", dependencies: ["Broker", "Core", "TestSupport"],
            path: "Tests/BrokerTestSupport", swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: ["Broker", "BrokerTestSupport", "Core", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SystemTests",
            dependencies: ["Broker", "BrokerTestSupport", "Core", "Store", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "MindTests", dependencies: ["Mind", "CEL", "Core"], swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Mind", "Store", "Proof", "Broker", "Core", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .testTarget(
            name: "SimTests", dependencies: ["jameysim", "CEL", "Core"], swiftSettings: strict),
        // A store with a recorded life, for the tests below.
        .target(
            name: "ProofTestSupport",
            dependencies: ["Proof", "Mind", "Store", "Core", "TestSupport"],
            path: "Tests/ProofTestSupport", swiftSettings: strict),
        .testTarget(
            name: "ProofTests",
            dependencies: ["Proof", "ProofTestSupport", "Mind", "Store", "Core", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "APITests",
            dependencies: [
                "API", "Agent", "Mind", "Store", "Proof", "Broker", "BrokerTestSupport", "Core",
                "ProofTestSupport", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .testTarget(
            name: "JameyctlTests",
            dependencies: [
                "jameyctl", "CEL", "Mind", "Store", "Proof", "ProofTestSupport", "Core",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)
