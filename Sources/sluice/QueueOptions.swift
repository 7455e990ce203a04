import ArgumentParser

struct QueueOptions: ParsableArguments {
    @Option(name: .customLong("queue"), help: ArgumentHelp("The queue file.", valueName: "path"))
    var path = ".sluice/queue.db"
}
