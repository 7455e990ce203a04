import Testing

@testable import Sluice

@Suite struct UsageForecastTests {
    private func learned(_ outputs: [Int], prompt: Int = 80, estimate: Int = 100) -> UsageForecast {
        var forecast = UsageForecast()
        for output in outputs {
            forecast.learn(
                Usage(promptTokens: prompt, completionTokens: output, totalTokens: prompt + output),
                promptEstimate: estimate)
        }
        return forecast
    }

    @Test func lengthsAreForetoldOnTheHighSideOfTheirMean() {
        var chance = Chance(state: 3)
        let outputs = (0..<500).map { _ in Int.random(in: 100...900, using: &chance) }
        let output = learned(outputs).output(RequestDemand(promptEstimate: 100))
        #expect(output >= 500)
        #expect(output <= 900)
    }

    @Test func theRequestsOwnLimitIsNeverPassed() {
        let forecast = learned(Array(repeating: 5000, count: 50))
        #expect(forecast.output(RequestDemand(promptEstimate: 1, outputLimit: 64)) == 64)
        #expect(UsageForecast().output(RequestDemand(promptEstimate: 1, outputLimit: 64)) == 64)
    }

    @Test func thePromptsRatioIsLearned() {
        let forecast = learned(Array(repeating: 10, count: 50))
        #expect(abs(forecast.input(RequestDemand(promptEstimate: 1000)) - 800) < 1)
        #expect(UsageForecast().input(RequestDemand(promptEstimate: 1000)) == 1000)
        #expect(forecast.input(RequestDemand(promptEstimate: -5)) == 1)
    }

    @Test func olderLengthsFade() {
        let forecast = learned(Array(repeating: 4000, count: 300) + Array(repeating: 100, count: 1500))
        #expect(forecast.output(RequestDemand(promptEstimate: 1)) < 140)
    }

    @Test(arguments: [1, 2, 3, 5, 9, 100, 1023, 1024, 70_000])
    func quantilesAreCloseWhateverTheLength(length: Int) {
        var histogram = LengthHistogram()
        for _ in 0..<20 { histogram.add(length) }
        let quantile = histogram.quantile(0.5)
        #expect(quantile >= Double(length))
        #expect(quantile <= Double(length) * 1.26 + 1)
        #expect(abs(histogram.mean - Double(length)) < 1e-6)
    }

    @Test func absurdLengthsAreCounted() {
        var histogram = LengthHistogram()
        for length in [Int.min, -1, 0, Int.max] { histogram.add(length) }
        #expect(histogram.count == 4)
        #expect(histogram.quantile(1) <= Double(1 << 24))
        var long = LengthHistogram()
        for _ in 0..<10_000 { long.add(7) }
        #expect(abs(long.mean - 7) < 1e-6)
    }
}
