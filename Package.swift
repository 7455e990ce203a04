// swift-tools-version: 6.1
import PackageDescription

/// Async functions stay on their caller's executor unless they say otherwise: the transfer loop's thread runs whole
/// requests without a hop.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .library(name: "Sluice", targets: ["Sluice"]),
        // A product of its own, so that `sluice` does not carry a server library.
        .executable(name: "sluice-simulator", targets: ["sluice-simulator"]),
    ],
    dependencies: [
        // The command line: help, completion and errors as people expect them, kept by the Swift project itself.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // A ring buffer for the claims that wait to be sent; kept by the Swift project.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // Job files are YAML; Yams keeps key order, scalar text and source positions, which byte fidelity needs.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // The simulated endpoint alone: an HTTP/1.1 server in Swift that outruns the client it is to test on one core.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // C libraries, each imported by its wrapper alone.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCSV", providers: [.apt(["libcsv-dev"])]),
        // SHA-256 with the processor's own instructions: the library that libcurl's TLS already stands on.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // Prompt files come gzipped; libcurl already stands on zlib.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),
        // simdjson finds structure and checks UTF-8 at gigabytes a second; being C++, it needs a small C face.
        .target(
            name: "CSimdjson",
            linkerSettings: [.linkedLibrary("simdjson")]),
        // Patterns that answers are held against: RE2 takes linear time on any text, where std::regex, PCRE and Swift's
        // own Regex can be made to run for ever or out of stack. JSON Schema itself is checked in Swift: Debian's
        // valijson 1.0 matches by std::regex, passes over keywords it does not know and needs another JSON parser.
        .target(
            name: "CRE2",
            linkerSettings: [.linkedLibrary("re2")]),

        // Wrappers: no pointer leaves them.
        .target(name: "Threads", dependencies: ["CLinux"], swiftSettings: settings),
        .target(name: "Curl", dependencies: ["CCurl", "CLinux", "Threads"], swiftSettings: settings),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: settings),
        .target(name: "CSV", dependencies: ["CCSV"], swiftSettings: settings),
        .target(name: "JSON", dependencies: ["CSimdjson"], swiftSettings: settings),
        .target(name: "RE2", dependencies: ["CRE2"], swiftSettings: settings),
        .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: settings),
        .target(name: "Digest", dependencies: ["CCrypto"], swiftSettings: settings),

        .target(
            name: "Sluice",
            dependencies: [
                "Curl", "SQLite", "CSV", "JSON", "RE2", "Gzip", "Digest", "Threads",
                .product(name: "Yams", package: "Yams"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Sluice",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // The simulated endpoint: a library for tests in the same process, and its program.
        .target(
            name: "SluiceSimulator",
            dependencies: [
                "JSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "sluice-simulator",
            dependencies: [
                "SluiceSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // A server that speaks TLS, for tests alone: what libcurl's TLS stands on has the other side too.
        .systemLibrary(name: "CTLS", path: "Tests/CTLS", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "TestServer", dependencies: ["Curl", "CTLS", "Threads"], path: "Tests/TestServer",
            swiftSettings: settings),
        .testTarget(name: "CurlTests", dependencies: ["Curl", "TestServer"], swiftSettings: settings),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], swiftSettings: settings),
        .testTarget(name: "CSVTests", dependencies: ["CSV", "Gzip"], swiftSettings: settings),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "Digest"], swiftSettings: settings),
        .testTarget(name: "SluiceTests", dependencies: ["Sluice"], swiftSettings: settings),
        .testTarget(
            name: "SluiceSimulatorTests", dependencies: ["SluiceSimulator", "JSON", "sluice-simulator"],
            swiftSettings: settings),
        // The built program as users run it, against the simulated endpoint in the tests' own process.
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["Sluice", "SluiceSimulator", "JSON", "SQLite", "TestServer", "sluice"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
