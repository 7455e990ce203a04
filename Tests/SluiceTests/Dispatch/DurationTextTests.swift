import Testing

@testable import Sluice

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("1s", Duration.seconds(1)), ("6m0s", .seconds(360)), ("20ms", .milliseconds(20)),
        ("2m59.56s", .milliseconds(179_560)), ("1h2m3s", .seconds(3723)), ("1.5h", .seconds(5400)),
        ("250us", .microseconds(250)), ("250µs", .microseconds(250)), ("7ns", .nanoseconds(7)), ("0s", .zero),
        ("1d", .seconds(86_400)), ("0.0000000019s", .nanoseconds(1)), ("44s", .seconds(44)),
    ])
    func readsGoDurations(text: String, expected: Duration) {
        #expect(DurationText.goDuration(Array(text.utf8)[...]) == expected)
    }

    @Test(arguments: [
        "", "1", "s", "1x", "-1s", "1 s", "1.s", ".5s", "1s ", "m1", "99999999999999999999s", "9999999999h9999999999h",
    ])
    func refusesOtherText(text: String) {
        #expect(DurationText.goDuration(Array(text.utf8)[...]) == nil)
    }

    @Test func readsBareNumbers() {
        #expect(DurationText.number(Array("12".utf8)[...]) == .seconds(12))
        #expect(DurationText.number(Array("0.25".utf8)[...]) == .milliseconds(250))
        #expect(DurationText.number(Array("1500.5".utf8)[...], unit: 1_000_000) == .microseconds(1_500_500))
        for text in ["", "1e3", "-1", "+1", "1.", "inf", "nan", "0x10", " 1"] {
            #expect(DurationText.number(Array(text.utf8)[...]) == nil, "\(text)")
        }
    }
}
