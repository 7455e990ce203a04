import JSON
import Testing

@Suite struct JSONNamesTests {
    private static let known = ["", "a", "id", "model", "usage", "finish_reason", "ü", "no", "prompt_tokens"]

    /// What one walk finds is what a look at each key finds.
    @Test(arguments: [
        #"{}"#, #"[]"#, #"["id","model"]"#, #""id""#, #"null"#, #"{"id":1}"#, #"{"Id":1,"idd":2,"i":3}"#,
        #"{"id":1,"id":{"id":2},"x":[{"id":3}],"id":null}"#, #"{"":"","a":"a","ü":"ü","no":"id"}"#,
        #"{"\u0069d":1,"mod\u0065l":2,"us\/age":3,"\u00fc":4,"a\\":5,"\"":6,"id\u0000":7}"#,
        #"{"usage":{"prompt_tokens":1},"model":[[],{}],"prompt_token":1,"prompt_tokens_":2,"finish_reason":"a\nb"}"#,
        #"{"a_key_that_is_longer_than_any_of_the_names":1,"finish_reasonfinish_reason":2,"\u0061":3}"#,
    ])
    func oneWalkFindsWhatEachKeySays(text: String) throws {
        let parser = JSONParser()
        let names = JSONNames(Self.known)
        let value = try parser.parse(Array(text.utf8))
        var found: [String] = []
        names.forEachMember(of: value) { name, value in found.append("\(name) \(value.range)") }
        let expected = value.members.compactMap { key, value in names.index(of: key).map { "\($0) \(value.range)" } }
        #expect(found == expected)
        for key in value.members.map(\.key) {
            #expect(names.index(of: key) == Self.known.firstIndex { key.string == $0 })
        }
        for name in Self.known {
            let last = Array(value.members).last { $0.key.string == name }?.value
            #expect(value[name]?.range == last?.range)
        }
    }

    /// A value inside is walked while the walk around it goes on.
    @Test func walksNest() throws {
        let names = JSONNames(["a", "b"])
        let value = try JSONParser().parse(Array(#"{"a":{"b":1,"x":2,"a":3},"b":4}"#.utf8))
        var found: [String] = []
        names.forEachMember(of: value) { name, value in
            found.append("\(name)")
            names.forEachMember(of: value) { found.append("\(name).\($0)=\($1.integer ?? 0)") }
        }
        #expect(found == ["0", "0.1=1", "0.0=3", "1"])
    }
}
