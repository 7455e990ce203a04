/// Everything that is wrong with a job file, in the order of the file.
package struct JobFileError: Error, Equatable, Sendable, CustomStringConvertible {
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
        package let path: String
        /// From 1; nil when the file as a whole is meant. Columns count Unicode scalars.
        package let line: Int?
        package let column: Int?
        package let reason: String

        /// `jobs/x.yaml:7:3: unknown key 'retries' in limits`
        package var description: String {
            guard let line else { return "\(path): \(reason)" }
            guard let column else { return "\(path):\(line): \(reason)" }
            return "\(path):\(line):\(column): \(reason)"
        }
    }

    package let problems: [Problem]

    /// One line for each problem.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
