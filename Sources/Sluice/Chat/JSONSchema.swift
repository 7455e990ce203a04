import JSON

/// A JSON Schema made ready to be held against many documents.
///
/// The part of JSON Schema that `response_format` knows and some more; other keywords are refused, never passed over.
/// References stay within the schema and may be recursive. `format` counts. Belongs to one thread or actor at a time.
struct JSONSchema {
    let nodes: [JSONSchemaNode]
    let root: Int

    /// - Parameter text: JSON of a schema, or of OpenAI's wrapper around one (`{"name", "schema", "strict"}`).
    init(text: [UInt8]) throws(ExpectationFault) {
        let parser = JSONParser()
        let document: JSONValue
        do {
            document = try parser.parse(text)
        } catch {
            throw ExpectationFault(reason: "is not JSON: \(error.reason) at byte \(error.offset + 1)")
        }
        var compiler = JSONSchemaCompiler(document: document)
        root = try compiler.compile()
        nodes = compiler.nodes
    }

    /// What is wrong with a document, or nil.
    ///
    /// - Parameter length: the document's bytes; the work is bounded in proportion.
    func fault(in document: JSONValue, length: Int) -> String? {
        var validation = JSONSchemaValidation(schema: self, length: length)
        return validation.holds(document, root) ? nil : validation.fault
    }
}
