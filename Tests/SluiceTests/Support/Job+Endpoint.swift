@testable import Sluice

extension Job {
    /// The endpoint of a job that has one.
    var endpoint: Endpoint {
        get { endpoints[0] }
        set { endpoints[0] = newValue }
    }
}
