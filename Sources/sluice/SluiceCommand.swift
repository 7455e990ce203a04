import ArgumentParser
import Sluice

@main
struct SluiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Runs bulk prompts against any OpenAI-compatible endpoint: every row answered or accounted for.",
        discussion: """
            Typed again, the same command goes on where it stopped. Standard output is data, everything else goes to \
            standard error.

            Exit codes: 0 complete and all rows ok; 1 complete, but some rows are in another class; 2 could not run; \
            3 stopped early with work left: run it again; 64 bad arguments.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, PlanCommand.self, StatusCommand.self, ExportCommand.self, RetryCommand.self,
            RunsCommand.self,
            PruneCommand.self,
        ])

    /// `--version` alone is answered before the parser has built every option of every command: that takes longer than
    /// all else of the program's start.
    static func main() async {
        if CommandLine.arguments.dropFirst().elementsEqual(["--version"]) { return print(configuration.version) }
        await main(nil)
    }
}
