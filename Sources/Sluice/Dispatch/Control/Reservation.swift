/// What a request holds of its endpoint's limits from the time it leaves. It is settled once, when it has landed, and
/// ends once, when its record is durable.
package struct Reservation: Sendable, Equatable {
    let demand: RequestDemand
    let leftAt: Timestamp
    let cost: Allotment
    /// Of the lane, up to and with this one.
    let admitted: Allotment
    /// What the provider's pool of tokens lacked with this one, if it counts so.
    let drawnAsUsed: Double
    let drawnAsAllowed: Double
    /// In flight with this one.
    let level: Int
    /// It took the last place.
    let wasFull: Bool
    /// The learned rate held it until it left.
    let wasPaced: Bool
}
