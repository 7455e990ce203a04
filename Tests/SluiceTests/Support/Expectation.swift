@testable import Sluice

/// Testing has a type of that name too.
typealias Expectation = Sluice.Expectation
