import JSON
import Testing

@testable import Sluice

@Suite struct RunReportTests {
    private func report(rows: Int = 10, isLive: Bool = false, _ fill: (inout RunTotals) -> Void) -> RunReport {
        var totals = RunTotals()
        fill(&totals)
        let run = RunRecord(
            id: 3, job: "nightly", input: "in.csv", endpoint: "http://localhost/v1",
            createdAt: Timestamp(milliseconds: 0), revision: 1, isPlanning: false, rows: rows,
            startedAt: Timestamp(milliseconds: 1), endReason: "interrupted")
        return RunReport(run: run, totals: totals, inFlight: 0, isLive: isLive)
    }

    @Test func theClassesAddUpToTheRows() {
        let report = report {
            $0[.ok] = 5
            $0[.truncated] = 2
            $0[.failed] = 1
        }
        #expect(report.unsent == 2)
        #expect(report.classes.map(\.1).reduce(0, +) == 10)
        #expect(!report.isComplete)
        #expect(report.state == "interrupted")
    }

    @Test func onlyWholeAnswersForAllRowsAreWell() {
        #expect(report { $0[.ok] = 10 }.isAllOK)
        let mixed = report {
            $0[.ok] = 9
            $0[.refused] = 1
        }
        #expect(mixed.isComplete)
        #expect(!mixed.isAllOK)
    }

    @Test func unknownCostIsNeverZero() throws {
        let unknown = report {
            $0[.ok] = 2
            $0.attempts = 2
            $0.costUnknown = 2
        }
        #expect(unknown.text.contains("cost      unknown for 2 attempts\n"))
        #expect(String(decoding: unknown.json, as: UTF8.self).contains(#""cost_usd":null,"cost_unknown_attempts":2"#))
        let partly = report {
            $0.attempts = 2
            $0.cost = Money(picoDollars: 1_500_000_000_000)
            $0.costUnknown = 1
        }
        #expect(partly.text.contains("cost      $1.5 and unknown for 1 attempt\n"))
        #expect(report { $0.attempts = 2 }.text.contains("cost      $0\n"))
    }

    @Test func whatWasPossiblyBilledHasABound() throws {
        let report = report {
            $0.attempts = 9
            $0.possiblyBilled = 5
            $0.costUnknown = 6
            $0.cost = Money(picoDollars: 1_500_000_000_000)
            $0.possible = PossibleBill(
                tokens: 4_321, tokenAttempts: 4, cost: Money(picoDollars: 250_000_000_000), costAttempts: 3)
        }
        #expect(
            report.text.contains(
                "cost      $1.5 and at most $0.25 for 3 attempts possibly billed and unknown for 3 attempts\n"))
        #expect(report.text.contains(" · total 0 · at most 4,321 of 4 attempts possibly billed\n"))
        #expect(
            String(decoding: report.json, as: UTF8.self).contains(
                #""possibly_billed_at_most":{"tokens":4321,"token_attempts":4,"cost_usd":0.25,"cost_attempts":3}"#))
    }

    @Test func aRunSaysWhetherItIsInTime() {
        func report(rowsLeft: Int, finishBy: Int64, now: Int64) -> RunReport {
            var run = self.report { _ in }.run
            run.finishBy = Timestamp(milliseconds: finishBy)
            run.endedAt = Timestamp(milliseconds: now)
            var totals = RunTotals()
            totals[.ok] = run.rows - rowsLeft
            totals.activeTime = .seconds(10)
            return RunReport(
                run: run, totals: totals, inFlight: 0, isLive: rowsLeft > 0, now: Timestamp(milliseconds: now))
        }
        // Five of ten rows in ten seconds: the others take ten more.
        #expect(report(rowsLeft: 5, finishBy: 20_000, now: 10_000).text.contains(" · in time\n"))
        #expect(report(rowsLeft: 5, finishBy: 18_000, now: 10_000).text.contains(" · at this pace 2.0 s late\n"))
        #expect(report(rowsLeft: 0, finishBy: 18_000, now: 21_000).text.contains(" · 3.0 s late\n"))
        let json = String(decoding: report(rowsLeft: 5, finishBy: 18_000, now: 10_000).json, as: UTF8.self)
        #expect(json.contains(#""finish_by":18,"late_seconds":2"#))
        #expect(
            String(decoding: self.report { _ in }.json, as: UTF8.self).contains(
                #""finish_by":null,"late_seconds":null"#))
    }

    @Test func theTextTellsWhatHappened() {
        let report = report {
            $0[.ok] = 8
            $0[.truncated] = 2
            $0.attempts = 1_234
            $0.retries = 20
            $0.throttles = 3
            $0.possiblyBilled = 1
            $0.promptTokens = 1_000_000
            $0.cachedTokens = 500
            $0.completionTokens = 20
            $0.totalTokens = 1_000_020
            $0.cost = Money(picoDollars: 2)
            $0.activeTime = .seconds(100)
        }
        #expect(
            report.text == """
                run 3     nightly · complete
                rows      10: ok 8 · truncated 2
                attempts  1,234 · 20 retried · 3 throttled · 1 possibly billed without an answer seen
                tokens    prompt 1,000,000 (500 cached) · completion 20 · total 1,000,020
                cost      $0.000000000002
                time      1 min 40 s · 0.1 requests/s · 10,000 tokens/s

                """)
    }

    @Test func theJSONParsesAndHoldsEveryCount() throws {
        let report = report(isLive: true) {
            $0[.ok] = 7
            $0.attempts = 9
            $0.totalTokens = 30
            $0.activeTime = .milliseconds(1500)
        }
        let parser = JSONParser()
        let json = try parser.parse(report.json)
        #expect(json["state"]?.string == "running")
        #expect(json["rows"]?.integer == 10)
        #expect(json["classes"]?["ok"]?.integer == 7)
        #expect(json["classes"]?["unsent"]?.integer == 3)
        #expect(json["classes"]?.count == 8)
        #expect(json["seconds"]?.double == 1.5)
        #expect(json["tokens_per_second"]?.double == 20)
    }

    @Test(arguments: [
        (Duration.milliseconds(840), "0.8 s"), (.seconds(59), "59.0 s"), (.seconds(245), "4 min 5 s"),
        (.seconds(7_380), "2 h 3 min"),
    ])
    func durationsInWords(duration: Duration, words: String) {
        #expect(RunReport.duration(duration) == words)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
    func numbersInGroups(number: Int, text: String) {
        #expect(RunReport.grouped(number) == text)
    }

    @Test(arguments: [
        (1_234_560_000_000 as Int64, "1.23"), (1_235_000_000_000, "1.24"), (12_345_678_901, "0.012"),
        (7, "0.000000000007"),
    ])
    func moneyAtAGlance(amount: Int64, text: String) {
        #expect(Money(picoDollars: amount).short == text)
    }

    @Test func theRateIsThatOfTheNewestHalfMinute() {
        var meter = RateMeter()
        let start = Timestamp(milliseconds: 0)
        meter.note(0, at: start)
        #expect(meter.perSecond == nil)
        meter.note(100, at: start + .seconds(10))
        #expect(meter.perSecond == 10)
        for second in 11...100 { meter.note(100 + (second - 10) * 2, at: start + .seconds(second)) }
        #expect(meter.perSecond == 2)
    }
}
