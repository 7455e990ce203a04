import JSON

/// The members of an object that a reader knows, as the cases of an enumeration.
struct MemberNames<Name: RawRepresentable<String> & CaseIterable & Sendable>: Sendable {
    private let all = Array(Name.allCases)
    private let names = JSONNames(Name.allCases.map(\.rawValue))

    /// The name that a key spells.
    subscript(_ key: JSONValue) -> Name? { names.index(of: key).map { all[$0] } }

    /// Calls `body` for each member of an object whose name is known, in written order; what else stands between costs
    /// little more than a look.
    func forEach(in object: JSONValue, _ body: (Name, JSONValue) -> Void) {
        names.forEachMember(of: object) { body(all[$0], $1) }
    }
}
