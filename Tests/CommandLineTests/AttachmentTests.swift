import Foundation
import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    @Suite struct AttachmentTests {
        private static func png(_ length: Int) -> [UInt8] {
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31) }
        }

        private static func job(_ simulator: Simulator) -> String {
            """
            name: photos
            input: rows.jsonl
            endpoint: {base_url: "\(simulator.baseURL)"}
            request:
              model: m
              messages:
                - role: user
                  content:
                    - {type: text, text: "{{id}}"}
                    - {image_file: "photos/{{file}}", detail: low}
            id: "{{id}}"
            output: {results: results.jsonl}
            """
        }

        /// What leaves is the file; neither the queue nor the results hold it.
        @Test func anImageIsReadWhenItsRequestLeaves() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write("photos/a.png", Self.png(3000))
                try workspace.write("photos/b.png", Self.png(3001))
                try workspace.write(
                    "rows.jsonl", #"{"id":"a","file":"a.png"}"# + "\n" + #"{"id":"b","file":"b.png"}"# + "\n")
                try workspace.write("job.yaml", Self.job(simulator))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 0)
                for (name, length) in [("a", 3000), ("b", 3001)] {
                    let data = Data(Self.png(length)).base64EncodedString()
                    let body =
                        #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"\#(name)"},"#
                        + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(data)","detail":"low"}}]}]}"#
                    #expect(recorder.requests.contains { $0.body.elementsEqual(body.utf8) })
                    let encoded = Array(data.utf8.prefix(60))
                    #expect(try workspace.everything().firstRange(of: encoded) == nil)
                }
            }
        }

        /// An image replaced under its name is another request; the others are not sent again.
        @Test func anImageThatWasReplacedIsAskedAnew() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("photos/a.png", Self.png(10))
                try workspace.write("photos/b.png", Self.png(20))
                try workspace.write(
                    "rows.jsonl", #"{"id":"a","file":"a.png"}"# + "\n" + #"{"id":"b","file":"b.png"}"# + "\n")
                try workspace.write("job.yaml", Self.job(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                try workspace.write("photos/a.png", Self.png(11))
                let again = try await workspace.sluice("run", "job.yaml")
                #expect(again.code == 0)
                #expect(again.errors.contains("0 new, 1 changed, 0 removed, 1 reusable"))
                #expect(simulator.statistics().requests == 3)
            }
        }

        @Test(arguments: ["../secret.png", "/etc/hostname", "missing.png", "fake.png"])
        func aFileThatCannotBeSentStopsThePlan(file: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("photos/fake.png", "text")
                try workspace.write("rows.jsonl", #"{"id":"a","file":"\#(file)"}"# + "\n")
                try workspace.write("job.yaml", Self.job(simulator))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("rows.jsonl:1: image_file: "))
                #expect(simulator.statistics().requests == 0)
            }
        }
    }
}
