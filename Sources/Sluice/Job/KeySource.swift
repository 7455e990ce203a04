/// Where an endpoint's key is found. The key itself is never part of a job.
package enum KeySource: Sendable, Equatable {
    /// The name of an environment variable.
    case environment(String)
    /// A file whose only line is the key.
    case file(String)
}
