import Testing

@testable import Sluice

@Suite struct UnitsTests {
    @Test(arguments: [
        ("5", 5_000_000_000_000 as Int64?), ("0.175", 175_000_000_000), ("1e-6", 1_000_000),
        ("1.5E2", 150_000_000_000_000),
        ("0", 0), ("0.000000000001", 1), ("0.50000000000000000000000", 500_000_000_000), ("9223372.036854775807", .max),
        ("0.0000000000001", nil), ("9223372.036854775808", nil), ("-1", nil), ("", nil), (".5", nil), ("1.2.3", nil),
        ("1e", nil), ("1e99999", nil), ("1e400", nil), ("5 USD", nil), ("٣", nil), ("0e-99", 0), ("1_000", nil),
    ])
    func moneyIsReadExactly(text: String, picoDollars: Int64?) {
        #expect(Money(dollars: text)?.picoDollars == picoDollars)
    }

    @Test(arguments: [
        (0 as Int64, "0"), (1, "0.000000000001"), (26_496_750_000, "0.02649675"), (5_000_000_000_000, "5"),
        (-1_500_000_000_000, "-1.5"), (.max, "9223372.036854775807"), (.min, "-9223372.036854775808"),
    ])
    func moneyIsWrittenExactly(picoDollars: Int64, text: String) {
        #expect(Money(picoDollars: picoDollars).description == text)
    }

    @Test func sumsOfMoneyStopAtTheEnds() {
        #expect(Money(picoDollars: .max) + Money(picoDollars: 1) == Money(picoDollars: .max))
        #expect(Money(picoDollars: .min) + Money(picoDollars: -1) == Money(picoDollars: .min))
        #expect(Money(picoDollars: 2) + Money(picoDollars: 3) == Money(picoDollars: 5))
    }

    @Test func priceOfAnAnswer() throws {
        let price = Price(
            input: try #require(Money(dollars: "1.75")), cachedInput: Money(dollars: "0.175"),
            output: try #require(Money(dollars: "14")))
        #expect(price.cost(prompt: 13, completion: 1891).description == "0.02649675")
        #expect(price.cost(prompt: 1000, cached: 400, completion: 0).description == "0.00112")
        #expect(price.cost(prompt: 10, cached: 99, completion: 0) == price.cost(prompt: 10, cached: 10, completion: 0))
        #expect(price.cost(prompt: -5, completion: -5) == .zero)
    }

    @Test func pricesRoundUpAndStopAtTheTop() {
        let tiny = Price(input: Money(picoDollars: 1), output: .zero)
        #expect(tiny.cost(prompt: 1, completion: 0) == Money(picoDollars: 1))
        #expect(tiny.cost(prompt: 1_000_001, completion: 0) == Money(picoDollars: 2))
        let dear = Price(input: Money(picoDollars: .max), output: Money(picoDollars: .max))
        #expect(dear.cost(prompt: .max, completion: .max) == Money(picoDollars: .max))
    }

    @Test func uncachedPriceStandsInForAMissingCachedOne() {
        let price = Price(input: Money(picoDollars: 2_000_000), output: .zero)
        #expect(price.cost(prompt: 10, cached: 10, completion: 0) == Money(picoDollars: 20))
    }

    @Test(arguments: [
        ("10s", Duration.seconds(10) as Duration?), ("500ms", .milliseconds(500)), ("1.5s", .milliseconds(1500)),
        ("2m", .seconds(120)), ("1h", .seconds(3600)), ("1h30m", .seconds(5400)), ("1d", .seconds(86_400)),
        ("0s", .zero),
        ("1.000000001s", .nanoseconds(1_000_000_001)), ("1.0000000001s", nil), ("10", nil), ("s", nil), ("", nil),
        ("10 s", nil), ("-1s", nil), ("1x", nil), ("99999999999d", nil), ("1.2.3s", nil), ("1e3s", nil),
    ])
    func durations(text: String, duration: Duration?) {
        #expect(Duration(text: text) == duration)
    }

    @Test(arguments: [
        ("64MiB", 67_108_864 as Int?), ("500kB", 500_000), ("1 GiB", 1 << 30), ("12B", 12), ("12", nil), ("MiB", nil),
        ("-1B", nil), ("1.5MiB", nil), ("9999999999GiB", nil),
    ])
    func byteCounts(text: String, bytes: Int?) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(arguments: [(67_108_864, "64MiB"), (500_000, "500000B"), (2048, "2KiB"), (0, "0B")])
    func byteCountsAreWrittenInTheLargestExactUnit(bytes: Int, text: String) {
        #expect(ByteCount(bytes: bytes).description == text)
    }

    @Test(arguments: [
        ("tempature", "temperature" as String?), ("concurency", "concurrency"), ("Max-Tokens", "max_tokens"),
        ("nmae", "name"), ("xyz", nil), ("", nil), ("idx", "id"),
    ])
    func nearestNames(typed: String, nearest: String?) {
        let names = ["name", "temperature", "concurrency", "max_tokens", "id"]
        #expect(NearestName.nearest(to: typed, among: names) == nearest)
    }

    @Test(arguments: [
        ("summaries", true), ("a.b-c_9", true), ("9lives", true), ("", false), (".hidden", false), ("-x", false),
        ("a/b", false), ("a b", false), ("ä", false), (String(repeating: "a", count: 129), false),
    ])
    func jobNames(name: String, isValid: Bool) {
        #expect(Job.isValidName(name) == isValid)
    }

    @Test(arguments: [
        ("jobs/summaries.yaml", "summaries"), ("a b.yaml", "a-b"), (".hidden.yaml", "job"), ("x.jsonl.gz", "x"),
        ("-", "job"), ("", "job"), ("/a/ü9.yml", "9"),
    ])
    func namesFromPaths(path: String, name: String) {
        #expect(Job.name(fromPath: path) == name)
        #expect(Job.isValidName(name))
    }
}
