import ArgumentParser
import SluiceSimulator

struct ListeningOptions: ParsableArguments {
    @Option(help: "Port on the host's address; 0 takes a free one.")
    var port: Port = Port(number: 0)

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("Write the port to this file once requests are served.", valueName: "path"))
    var portFile: String?

    @Option(help: "Event-loop threads.")
    var threads: Count = Count(number: 1)

    @Option(
        help: ArgumentHelp("Demand this key, as 'Authorization: Bearer KEY' or 'api-key: KEY'.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("Largest request body, in bytes.", valueName: "bytes"))
    var maximumBody: Count = Count(number: 128 << 20)

    @Flag(
        inversion: .prefixedNo,
        help: "Tell bodies apart: 16 to 30 bytes of memory for each. Without it duplicates are not counted.")
    var trackDuplicates = true

    func apply(to configuration: inout SimulatorConfiguration) {
        configuration.port = port.number
        configuration.host = host
        configuration.threads = threads.number
        configuration.key = key
        configuration.maximumBodyBytes = maximumBody.number
        configuration.tracksDuplicates = trackDuplicates
    }
}
