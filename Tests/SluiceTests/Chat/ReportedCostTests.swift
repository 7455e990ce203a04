import Testing

@testable import Sluice

@Suite struct ReportedCostTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000_000_000), ("0.02649675", 26_496_750_000), ("1.41e-05", 14_100_000),
            ("0.00014100000000000001", 141_000_000), ("1E-12", 1), ("0.0000000000004", 0), ("0.0000000000005", 1),
            ("0.00000000000149", 1), ("12e2", 1_200_000_000_000_000), ("9000000", 9_000_000_000_000_000_000),
            ("0.1234567890123456789012345678901234567890", 123_456_789_012), ("1e-99", 0), ("0e999", 0),
        ] as [(String, Int64)])
    func readsDecimalText(text: String, expected: Int64) {
        #expect(ReportedCost.picoDollars(Array(text.utf8)[...]) == expected)
    }

    @Test(arguments: ["", "None", "-1", "+1", ".5", "1e", "1e99999", "1.2.3", "NaN", "10000000", "1e30", "1 ", "e5"])
    func refusesOtherText(text: String) {
        #expect(ReportedCost.picoDollars(Array(text.utf8)[...]) == nil)
    }
}
