import JSON
import SluiceSimulator
import Testing

extension CommandLineTests {
    /// What a plan says, and that an edited input is run by its difference alone.
    @Suite struct PlanTests {
        private static func plan(_ workspace: Workspace) async throws -> [String: Int64] {
            let ending = try await workspace.sluice("plan", "job.yaml", "--json")
            #expect(ending.code == 0)
            let parser = JSONParser()
            let object = try parser.parse(Array(ending.output.utf8))
            var counts: [String: Int64] = [:]
            for (key, value) in object.members { counts[key.string ?? ""] = value.integer }
            return counts
        }

        @Test func aPlanSendsAndWritesNothing() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...5))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: NOT_SET"))
                let ending = try await workspace.sluice("plan", "job.yaml")
                #expect(ending.code == 0)
                #expect(ending.output.contains("5 rows: 5 new, 0 changed, 0 removed, 0 reusable"))
                #expect(try workspace.names == ["rows.jsonl", "job.yaml"])
                #expect(simulator.statistics().connections == 0)
            }
        }

        @Test func onlyTheDifferenceIsAsked() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(try await Self.plan(workspace)["to_send"] == 0)

                // One edited, one removed, one new, two exchanged.
                let edited = Rows.line(2).replacing("Question 2", with: "Question 2b")
                try workspace.write(
                    "rows.jsonl", Rows.line(1) + edited + Rows.line(4) + Rows.line(3) + Rows.line(6) + Rows.line(7))
                let queue = try workspace.bytes(".sluice/queue.db")
                let plan = try await Self.plan(workspace)
                #expect(plan["rows"] == 6)
                #expect(plan["new"] == 1)
                #expect(plan["changed"] == 1)
                #expect(plan["removed"] == 1)
                #expect(plan["reusable"] == 4)
                #expect(plan["to_send"] == 2)
                #expect(try workspace.bytes(".sluice/queue.db") == queue)
                #expect(simulator.statistics().requests == 6)

                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 0)
                let asked = recorder.requests.dropFirst(6).map { String(decoding: $0.body, as: UTF8.self) }
                #expect(asked.count == 2)
                #expect(asked.contains { $0.contains("Question 2b:") })
                #expect(asked.contains { $0.contains("Question 7:") })
                let results = try workspace.results("results.jsonl")
                #expect(results.map(\.customID) == ["r1", "r2", "r4", "r3", "r6", "r7"])
                let second = Rows.prompt(2).replacing("Question 2", with: "Question 2b")
                #expect(results[1].text == SimulatedAnswer.text(second))
                let totals = try Totals(ending.output)
                #expect(totals.rows == 6)
                #expect(totals.classes["ok"] == 6)
            }
        }

        @Test func anotherTemplateChangesEveryRow() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let file = try workspace.text("job.yaml")
                try workspace.write(
                    "job.yaml", file.replacing("model: gpt-5.2", with: "model: gpt-5.2, temperature: 0"))
                let plan = try await Self.plan(workspace)
                #expect(plan["changed"] == 4)
                #expect(plan["reusable"] == 0)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(simulator.statistics().requests == 8)
            }
        }

        /// Each kind of edit, what the plan says of it, and how many requests it costs.
        @Test(arguments: [
            ("reordered", [4, 3, 2, 1], ["new": 0, "changed": 0, "removed": 0, "reusable": 4], 0),
            ("duplicated", [1, 2, 2, 3, 4], ["new": 1, "changed": 0, "removed": 0, "reusable": 4], 1),
            ("renamed", [1, 2, 3, 4], ["new": 1, "changed": 0, "removed": 1, "reusable": 3], 1),
            ("another model", [1, 2, 3, 4], ["new": 0, "changed": 4, "removed": 0, "reusable": 0], 4),
        ])
        func editsCostTheirDifference(edit: String, rows: [Int], counts: [String: Int64], requests: Int) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                var ids: [String] = []
                let lines = rows.map { row in
                    // A duplicate needs a name of its own; a renamed row asks what it asked before.
                    let isOther = ids.contains(Rows.id(row)) || (edit == "renamed" && row == 2)
                    ids.append(isOther ? "other" : Rows.id(row))
                    return isOther ? Rows.line(row).replacing("\"\(Rows.id(row))\"", with: "\"other\"") : Rows.line(row)
                }
                try workspace.write("rows.jsonl", lines.joined())
                if edit == "another model" {
                    try workspace.write(
                        "job.yaml", try workspace.text("job.yaml").replacing("model: gpt-5.2", with: "model: other"))
                }
                let plan = try await Self.plan(workspace)
                #expect(plan.filter { counts[$0.key] != nil } == counts)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(simulator.statistics().requests == 4 + requests)
                let results = try workspace.results("results.jsonl")
                #expect(results.map(\.customID) == ids)
                #expect(results.map(\.text) == rows.map { SimulatedAnswer.text(Rows.prompt($0)) })
            }
        }

        /// A name that stands twice is refused, and the run stays as it was.
        @Test func aNameThatStandsTwiceChangesNothing() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let results = try workspace.bytes("results.jsonl")
                try workspace.write("rows.jsonl", Rows.jsonl(1...4) + Rows.line(2))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("rows.jsonl:5"))
                #expect(simulator.statistics().requests == 4)
                #expect(try workspace.bytes("results.jsonl") == results)
                #expect(try workspace.report().isAllOK)
            }
        }

        /// A recorded result is paid for once: an edit taken back finds the results of before.
        @Test(arguments: ["edited", "removed"])
        func anEditTakenBackAsksNothingAgain(edit: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let between =
                    edit == "edited"
                    ? Rows.jsonl(1...3) + Rows.line(4).replacing("why", with: "how") : Rows.jsonl(1...3)
                try workspace.write("rows.jsonl", between)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let paid = simulator.statistics().requests
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...4)
                #expect(simulator.statistics().requests == paid)
            }
        }

        /// Rows without an id are known by what they ask; those that ask the same are counted.
        @Test func rowsWithoutAnIDAreKnownByWhatTheyAsk() async throws {
            try await withEndpoint { simulator, workspace in
                let flags = ["--model", "m", "--base-url", simulator.baseURL]
                func lines(_ prompts: String...) -> String { prompts.map { #"{"prompt":"\#($0)"}"# + "\n" }.joined() }
                try workspace.write("p.jsonl", lines("a", "b", "a"))
                #expect(try await workspace.sluice(["run", "p.jsonl"] + flags).code == 0)
                #expect(simulator.statistics().requests == 3)
                try workspace.write("p.jsonl", lines("c", "a", "b", "a", "a"))
                #expect(try await workspace.sluice(["run", "p.jsonl"] + flags).code == 0)
                #expect(simulator.statistics().requests == 5)
                let results = try workspace.results("p.results.jsonl")
                #expect(results.map(\.text) == ["c", "a", "b", "a", "a"].map { SimulatedAnswer.text($0) })
                #expect(Set(results.map(\.customID)).count == 5)
            }
        }

        /// Two files of one name in two folders: the second must not push out the rows of the first.
        @Test func aNameThatNobodyChoseStandsForOneFile() async throws {
            try await withEndpoint { simulator, workspace in
                let flags = ["--model", "m", "--base-url", simulator.baseURL]
                try workspace.write("a/rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("b/rows.jsonl", Rows.jsonl(4...5))
                #expect(try await workspace.sluice(["run", "a/rows.jsonl"] + flags).code == 0)
                for command in ["plan", "run"] {
                    let other = try await workspace.sluice([command, "b/rows.jsonl"] + flags)
                    #expect(other.code == 2)
                    #expect(other.errors.contains("run 1, 'rows', was planned from a/rows.jsonl"))
                }
                #expect(simulator.statistics().requests == 3)
                #expect(try await workspace.sluice(["run", "b/rows.jsonl", "--name", "b"] + flags).code == 0)
                Rows.expectAnswered(try ResultLine.read(try await workspace.sluice("export", "rows").output), 1...3)
                Rows.expectAnswered(try ResultLine.read(try await workspace.sluice("export", "b").output), 4...5)
            }
        }

        @Test func theInputsColumnsCanBeAskedForLater() async throws {
            try await withEndpoint { simulator, workspace in
                let command = ["run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL]
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                #expect(try await workspace.sluice(command).code == 0)
                let ending = try await workspace.sluice(command + ["--with", "input"])
                let lines = try workspace.lines("rows.results.jsonl")
                #expect(ending.code == 0)
                #expect(lines.count == 2 && lines.allSatisfy { $0.contains(#""input":{"custom_id":"#) })
                #expect(simulator.statistics().requests == 2)
            }
        }
    }
}
