@testable import Sluice

/// A request on its way. Of a class, so that the many events that carry it stay small.
final class VirtualRequest {
    let client: Int
    let row: Int
    let prompt: Int
    let output: Int
    let outputLimit: Int?
    let reservation: Reservation?
    /// What the server makes of it: how long it takes once it is served, and what its answer's head says.
    var service = 0.0
    var head = VirtualServer.Head()

    init(client: Int, row: Int, _ content: VirtualClient.Row, _ reservation: Reservation?) {
        self.client = client
        self.row = row
        prompt = content.prompt
        output = content.output
        outputLimit = content.outputLimit
        self.reservation = reservation
    }
}
