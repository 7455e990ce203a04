/// How far a sitting has claimed a run's rows: of each priority the newest request, the greatest priority first.
///
/// Requests behind it are claimed again only when they wait and are due; one beyond it comes up by itself.
package struct ClaimCursor: Sendable, Equatable {
    struct Level: Sendable, Equatable {
        let priority: Int64
        /// The newest request claimed.
        var request: Int64
    }

    /// Nil until the run's priorities are known.
    var levels: [Level]?
    /// Before the run's first request.
    let start: Int64
    /// Places that were filled or offered so far; every fourth is for rows that were never sent.
    private(set) var places = 0

    package init(after start: Int64 = 0) { self.start = start }

    /// How many of the next `room` places rows that are due to be tried again leave to those that were never sent.
    mutating func placesForFresh(of room: Int) -> Int {
        let before = places / 4
        places += room
        return places / 4 - before
    }
}
