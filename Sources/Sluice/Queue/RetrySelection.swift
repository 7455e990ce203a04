/// Which settled rows are to be put back. Values of one kind widen the choice, a further kind narrows it.
package struct RetrySelection: Sendable, Equatable {
    /// Empty stands for every class but `ok`: what is well is asked again only where that is said.
    package var classes: Set<ResultClass>
    /// Error codes of the attempts that settled the rows; empty stands for any.
    package var errorCodes: [String]
    /// Empty stands for every row.
    package var customIDs: [String]

    package init(classes: Set<ResultClass> = [], errorCodes: [String] = [], customIDs: [String] = []) {
        self.classes = classes
        self.errorCodes = errorCodes
        self.customIDs = customIDs
    }

    /// The classes that rows can be put back from.
    package static let settledClasses = ResultClass.allCases.filter { $0 != .unsent }

    /// Reads the name of a class; throws a sentence that says which there are.
    package static func resultClass(_ name: some StringProtocol) throws(RetryFault) -> ResultClass {
        guard let found = ResultClass(rawValue: String(name)) else { throw .unknownClass(String(name)) }
        guard found != .unsent else { throw .unsentClass }
        return found
    }

    var effectiveClasses: [ResultClass] {
        Self.settledClasses.filter { classes.isEmpty ? $0 != .ok : classes.contains($0) }
    }
}
