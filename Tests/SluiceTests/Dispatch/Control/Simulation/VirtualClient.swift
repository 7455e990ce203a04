@testable import Sluice

/// One process that has rows to send to a virtual server, and what it went through. Times are in seconds.
final class VirtualClient {
    struct Row {
        var prompt: Int
        var output: Int
        var outputLimit: Int?
        var throttles = 0
    }

    struct Landing {
        var time: Double
        var places: Int
        var inFlight: Int
        var isAnswer: Bool
    }

    /// Nil for one that has `fixed` in flight whatever happens, each request waiting as it is told when it is turned
    /// away.
    var control: EndpointControl?
    let fixed: Int
    /// As the pool of endpoints asks it beside the control.
    var health = EndpointHealth(patience: .seconds(600))
    var rows: [Row]
    /// Rows that may be sent, the first at the end.
    var ready: [Int]
    var inFlight = 0
    var alarm = Double.infinity
    var answered = 0
    var requests = 0
    var lastAnswer = 0.0
    var refusals: [Double] = []
    var landings: [Landing] = []

    init(_ control: EndpointControl?, fixed: Int, rows: [Row]) {
        self.control = control
        self.fixed = fixed
        self.rows = rows
        ready = rows.indices.reversed()
    }

    var places: Int { control?.places ?? fixed }
}
