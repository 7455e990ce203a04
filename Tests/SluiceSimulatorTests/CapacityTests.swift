import Testing

@testable import SluiceSimulator

@Suite struct CapacityTests {
    /// Two are worked on at a time; the others wait for whichever place is free first.
    @Test func whatIsAboveTheCapacityWaitsForItsTurn() {
        var configuration = SimulatorConfiguration()
        configuration.capacity = 2
        var state = EndpointState(configuration: configuration, now: 0)
        #expect(state.turn(of: 100, now: 1000) == 100)
        #expect(state.turn(of: 300, now: 1000) == 300)
        #expect(state.turn(of: 50, now: 1000) == 150)
        #expect(state.turn(of: 10, now: 1000) == 160)
        // Everything has been done by then.
        #expect(state.turn(of: 7, now: 5000) == 7)
    }

    @Test func withoutOneNobodyWaits() {
        var state = EndpointState(configuration: SimulatorConfiguration(), now: 0)
        for _ in 0..<10 { #expect(state.turn(of: 100, now: 1000) == 100) }
    }
}
