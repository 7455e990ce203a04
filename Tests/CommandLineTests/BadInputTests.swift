import SluiceSimulator
import Testing

/// An input that cannot be run, and what has to be said of it.
struct BadInput: Sendable, CustomTestStringConvertible {
    var name: String
    var file: String
    var bytes: [UInt8]
    var arguments: [String]
    /// Each stands on standard error.
    var said: [String]

    init(_ name: String, _ file: String, _ bytes: [UInt8], _ arguments: [String] = ["--model", "m"], said: String...) {
        self.name = name
        self.file = file
        self.bytes = bytes
        self.arguments = arguments
        self.said = said
    }

    init(_ name: String, _ file: String, _ text: String, _ arguments: [String] = ["--model", "m"], said: String...) {
        self.init(name, file, Array(text.utf8), arguments)
        self.said = said
    }

    var testDescription: String { name }

    private static let good = #"{"custom_id":"good","prompt":"SECRET"}"# + "\n"

    private static func batch(
        _ body: String, method: String = "POST", url: String = "/v1/chat/completions"
    ) -> String {
        #"{"custom_id":"x","method":"\#(method)","url":"\#(url)","body":\#(body)}"# + "\n"
    }

    private static let user = #"[{"role":"user","content":"SECRET"}]"#

    static let all: [BadInput] = [
        BadInput(
            "a line that is not JSON", "r.jsonl", good + #"{"custom_id":"b","prompt":"SECRET" oops}"#,
            said: "r.jsonl:2:36: invalid JSON: ", "the plan has a fault; nothing was sent"),
        BadInput("a line that ends too early", "r.jsonl", good + #"{"prompt":"SECRET"#, said: "r.jsonl:2:"),
        BadInput(
            "a line that is not UTF-8", "r.jsonl", Array((good + #"{"prompt":"SECRET "#).utf8) + [0xFF, 0x22, 0x7D],
            said: "r.jsonl:2:19: not UTF-8"),
        BadInput("a line that is no object", "r.jsonl", good + "[1]\n", said: "r.jsonl:2:1: the row is an array"),
        BadInput(
            "an id that comes twice", "r.jsonl", good + "\n" + #"{"custom_id":"good","prompt":"other"}"#,
            said: "r.jsonl:3: the custom_id stands in the plan already"),
        BadInput(
            "an empty id", "r.jsonl", good + #"{"custom_id":"","prompt":"SECRET"}"#,
            said: "r.jsonl:2:14: custom_id: is empty"),
        BadInput(
            "a row with too few fields", "t.csv", "id,q\n1,SECRET\n2\n", ["--model", "m", "--template", "{{q}}"],
            said: "t.csv:3: the row has 1 field, the header has 2"),
        BadInput(
            "a row with too many fields behind a quoted line break", "t.csv", "id,q\n1,\"SE\nCRET\"\n2,SECRET,3\n",
            ["--model", "m", "--template", "{{q}}"], said: "t.csv:4: the row has 3 fields, the header has 2"),
        BadInput(
            "a quote that is not closed", "t.csv", "id,q\n1,\"SECRET\n", ["--model", "m", "--template", "{{q}}"],
            said: "t.csv:2", "invalid CSV: "),
        BadInput(
            "two columns of one name", "t.csv", "q,q\n1,2\n", ["--model", "m", "--template", "{{q}}"],
            said: "t.csv:1: columns 1 and 2 are both named \"q\""),
        BadInput(
            "a field that is not UTF-8", "t.csv", Array("id,q\n1,SECRET".utf8) + [0xE9, 0x0A],
            ["--model", "m", "--template", "{{q}}"], said: "t.csv:2: not UTF-8 in column \"q\""),
        BadInput(
            "a placeholder without its column", "t.csv", "title,text\na,SECRET\n",
            ["--model", "m", "--template", "{{titel}}"], said: "t.csv:2: no column 'titel'; did you mean 'title'?"),
        BadInput(
            "a placeholder without its member", "r.jsonl", #"{"title":"SECRET"}"#,
            ["--model", "m", "--template", "{{titel}}"], said: "r.jsonl:1: no column 'titel'; did you mean 'title'?"),
        BadInput(
            "a temperature that is too high", "r.jsonl", good + #"{"prompt":"SECRET","temperature":3}"#,
            said: "r.jsonl:2:34: temperature: must be a number from 0 to 2"),
        BadInput(
            "a temperature that is text", "r.jsonl", #"{"prompt":"SECRET","temperature":"1"}"#,
            said: "r.jsonl:1:34: temperature: must be a number from 0 to 2"),
        BadInput("no model", "r.jsonl", good, [], said: "r.jsonl:1: model: is missing"),
        BadInput(
            "no messages", "r.jsonl", #"{"messages":[]}"#,
            said: "r.jsonl:1:13: messages: must be a list of at least one message"),
        BadInput(
            "a message without its role", "r.jsonl", #"{"messages":[{"content":"SECRET"}]}"#,
            said: "r.jsonl:1:14: messages[0].role: is missing"),
        BadInput(
            "nothing to send", "r.jsonl", #"{"promt":"SECRET"}"#, said: "r.jsonl:1: ", "is 'promt' meant to be one"),
        BadInput(
            "a batch line with GET", "b.jsonl", batch(#"{"model":"m","messages":\#(user)}"#, method: "GET"), [],
            said: "b.jsonl:1:27: method: must be POST"),
        BadInput(
            "a batch line with a url of its own", "b.jsonl",
            batch(#"{"model":"m","messages":\#(user)}"#, url: "/v1/nothing"), [],
            said: "b.jsonl:1:40: url: must be one of /v1/chat/completions"),
        BadInput(
            "a batch line without its model", "b.jsonl", batch(#"{"messages":\#(user)}"#), [],
            said: "b.jsonl:1:70: model: is missing"),
        BadInput(
            "a batch line with a number too high", "b.jsonl",
            batch(#"{"model":"m","messages":\#(user),"top_p":1.5}"#), [], said: "b.jsonl:1:",
            "top_p: must be a number from 0 to 1"),
        BadInput(
            "a batch line to a model by flag", "b.jsonl", batch(#"{"model":"m","messages":\#(user)}"#),
            ["--model", "m"], said: "b.jsonl:1: this is a batch line, which carries its whole request"),
        BadInput("an empty file", "r.jsonl", "", said: "r.jsonl holds no rows"),
        BadInput("blank lines alone", "r.jsonl", "\n\n  \n", said: "r.jsonl holds no rows"),
        BadInput("an empty table", "t.csv", "", said: "t.csv is empty; a CSV input starts with a row of column names"),
        BadInput("a header alone", "t.csv", "id,prompt\n", said: "t.csv holds no rows"),
        BadInput("an array", "r.jsonl", #"[{"prompt":"SECRET"}]"#, said: "r.jsonl is a JSON array", "jq -c '.[]'"),
        BadInput(
            "an object over several lines", "r.jsonl", "{\n\"prompt\":\"SECRET\"\n}\n",
            said: "r.jsonl spreads an object over several lines"),
        BadInput("UTF-16", "r.jsonl", [0xFF, 0xFE, 0x7B, 0x00], said: "r.jsonl is UTF-16 or UTF-32"),
        BadInput(
            "a gzip file that is cut", "r.jsonl.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 5], said: "r.jsonl.gz: "),
    ]
}

extension CommandLineTests {
    /// Nothing is spent before the whole plan is valid, and a fault is named where it stands.
    @Suite struct BadInputTests {
        @Test(arguments: BadInput.all)
        func itIsNamedAndNothingIsSent(input: BadInput) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(input.file, input.bytes)
                let run = try await workspace.sluice(
                    ["run", input.file, "--base-url", simulator.baseURL] + input.arguments)
                #expect(run.code == 2)
                #expect(run.output.isEmpty)
                for words in input.said { #expect(run.errors.contains(words)) }
                #expect(!run.errors.contains("SECRET"))
                #expect(simulator.statistics().requests == 0)
                // No results of a run that was none.
                #expect(try workspace.names.subtracting([input.file]).isSubset(of: [".sluice"]))
                // A plan says the same.
                let plan = try await workspace.sluice(
                    ["plan", input.file, "--base-url", simulator.baseURL] + input.arguments)
                #expect(plan.code == 2)
                for words in input.said { #expect(plan.errors.contains(words)) }
            }
        }

        @Test func anInputThatIsNoFileIsNamed() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("folder/r.jsonl", Rows.line(1))
                let flags = ["--model", "m", "--base-url", simulator.baseURL]
                let missing = try await workspace.sluice(["run", "nothing.jsonl"] + flags)
                #expect(missing.code == 2)
                #expect(missing.errors.contains("nothing.jsonl does not exist"))
                let folder = try await workspace.sluice(["run", "folder"] + flags)
                #expect(folder.code == 2)
                #expect(folder.errors.contains("folder is a directory; name a .jsonl or .csv file in it"))
                let job = try await workspace.sluice("run", "nothing.yaml")
                #expect(job.code == 2)
                #expect(job.errors.contains("nothing.yaml: cannot be opened: No such file or directory"))
                #expect(simulator.statistics().requests == 0)
            }
        }

        static let jobFaults: [(name: String, line: String, place: String, more: String)] = [
            (
                "an unknown key", "limits: {concurency: 8}", "job.yaml:8:10: unknown key 'concurency' in limits",
                "did you mean 'concurrency'?"
            ),
            ("a number that is none", "limits: {concurrency: many}", "job.yaml:8:23: ", "concurrency"),
            ("broken YAML", "limits: {concurrency: 8", "job.yaml:9:1: not valid YAML: ", "flow mapping"),
            ("a key that comes twice", "name: job", "job.yaml:", "key 'name' is given twice"),
        ]

        @Test(arguments: jobFaults)
        func aJobFilesFaultsAreNamedByPlace(name: String, line: String, place: String, more: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write(
                    "job.yaml",
                    jobFile(simulator).replacing("limits: {concurrency: 8}\n", with: "") + "\n" + line + "\n")
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 2)
                #expect(ending.errors.contains(place))
                #expect(ending.errors.contains(more))
                #expect(simulator.statistics().requests == 0)
                #expect(!workspace.exists(".sluice"))
            }
        }

        @Test func fiftyFaultsAreNamedAndTheOthersCounted() async throws {
            try await withEndpoint { simulator, workspace in
                let bad = (1...73).map { #"{"custom_id":"b\#($0)","prompt":"p","temperature":-1}"# + "\n" }.joined()
                try workspace.write("r.jsonl", Rows.jsonl(1...2) + bad)
                let ending = try await workspace.sluice(
                    "run", "r.jsonl", "--model", "m", "--base-url", simulator.baseURL)
                #expect(ending.code == 2)
                let lines = Workspace.lines(of: ending.errors)
                #expect(lines.count == 52)
                #expect(lines.prefix(50).enumerated().allSatisfy { $1.hasPrefix("r.jsonl:\($0 + 3):") })
                #expect(lines.suffix(2).first == "… and 23 more")
                #expect(lines.last == "sluice: the plan has 73 faults; nothing was sent, and the queue is as it was")
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test func aFaultyPlanLeavesTheOneBeforeInForce() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("rows.jsonl", Rows.jsonl(1...5))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let before = try await workspace.sluice("export").output
                try workspace.write("rows.jsonl", Rows.jsonl(3...9) + "{\n")
                #expect(try await workspace.sluice("run", "job.yaml").code == 2)
                #expect(try await workspace.sluice("export").output == before)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...5)
                try workspace.write("rows.jsonl", Rows.jsonl(3...9))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 3...9)
                #expect(simulator.statistics().requests == 9)
            }
        }

        /// "The queue is as it was": what a person asks for next is not the run that never was.
        @Test func aPlanThatFailedIsNotTheNewestRun() async throws {
            try await withEndpoint { simulator, workspace in
                let flags = ["--model", "m", "--base-url", simulator.baseURL]
                try workspace.write("good.jsonl", Rows.jsonl(1...3))
                try workspace.write("bad.jsonl", "{\n")
                #expect(try await workspace.sluice(["run", "good.jsonl"] + flags).code == 0)
                #expect(try await workspace.sluice(["run", "bad.jsonl"] + flags).code == 2)
                let export = try await workspace.sluice("export")
                let results = try ResultLine.read(export.output)
                let runs = try await workspace.sluice("runs")
                #expect(export.code == 0)
                Rows.expectAnswered(results, 1...3)
                #expect(Workspace.lines(of: runs.output).count == 2)
            }
        }

        @Test(arguments: [
            ["run"], ["run", "r.jsonl", "--base-url", "ftp://x/v1"], ["bogus"], ["run", "--bogus"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--concurrency", "0"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--concurrency", "many"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--requests-per-minute", "0"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--attempts", "0"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--grace", "-1"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--parameter", "temperature"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--parameter", "temperature=warm"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--template", "{{open"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--name", "../x"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--format", "xml"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--with", "all"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--delimiter", ";;"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--key-env", "A", "--key-file", "b"],
            ["run", "r.jsonl", "--base-url", "http://127.0.0.1:1/v1", "--json", "--output", "-"],
            ["run", "job.yaml", "--template", "{{q}}"], ["export", "--format", "xml"], ["status", "1", "2"],
        ])
        func badArgumentsExitWith64(arguments: [String]) async throws {
            let workspace = try Workspace()
            try workspace.write("r.jsonl", Rows.line(1))
            try workspace.write("job.yaml", "name: job\n")
            let ending = try await workspace.sluice(arguments)
            #expect(ending.code == 64)
            #expect(ending.output.isEmpty)
            #expect(ending.errors.hasPrefix("Error: ") || ending.errors.hasPrefix("error: "))
            #expect(try workspace.names == ["r.jsonl", "job.yaml"])
        }
    }
}
