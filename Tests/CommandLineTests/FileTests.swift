import Foundation
import SluiceSimulator
import Testing

extension CommandLineTests {
    /// Images and sounds that lie beside the input.
    @Suite struct FileTests {
        private static let image: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + Array("what the image shows, and nobody else may see".utf8)
        private static let sound = Array("RIFF\u{4}\u{0}\u{0}\u{0}WAVEfmt what is heard".utf8)

        private static func job(_ simulator: Simulator) -> String {
            """
            input: rows.csv
            id: "{{id}}"
            endpoint: {base_url: "\(simulator.baseURL)"}
            request:
              model: gpt-5.2
              messages:
                - role: user
                  content:
                    - {type: text, text: "{{question}}"}
                    - {image_file: "photos/{{photo}}", detail: low}
                    - {audio_file: s.wav}
            limits: {concurrency: 1}
            retry: {base: 1ms, cap: 5ms}
            output: {results: results.jsonl, with: [request]}
            """
        }

        private static func prepare(_ workspace: Workspace, _ simulator: Simulator) throws {
            try workspace.write("job.yaml", job(simulator))
            try workspace.write("rows.csv", "id,photo,question\na,1.png,Why?\nb,2.png,How?\n")
            try workspace.write("photos/1.png", image)
            try workspace.write("photos/2.png", image + [2])
            try workspace.write("s.wav", sound)
        }

        private static func body(_ question: String, image: String, sound: String) -> String {
            #"{"model":"gpt-5.2","messages":[{"role":"user","content":[{"type":"text","text":"\#(question)"},"#
                + #"{"type":"image_url","image_url":{"url":"\#(image)","detail":"low"}},"#
                + #"{"type":"input_audio","input_audio":{"data":"\#(sound)","format":"wav"}}]}]}"#
        }

        @Test func theyLeaveByteForByteAndStandNowhereElse() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try Self.prepare(workspace, simulator)
                let plan = try await workspace.sluice("plan", "job.yaml")
                #expect(plan.code == 0)
                #expect(plan.output.contains("files    4 ("))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)

                let images = [Self.image, Self.image + [2]].map { Data($0).base64EncodedString() }
                let sound = Data(Self.sound).base64EncodedString()
                #expect(
                    recorder.requests.map { String(decoding: $0.body, as: UTF8.self) }
                        == zip(["Why?", "How?"], images).map { question, image in
                            Self.body(question, image: "data:image/png;base64,\(image)", sound: sound)
                        })
                #expect(
                    try workspace.lines("results.jsonl")[0].contains(
                        #""request":"# + Self.body("Why?", image: "", sound: "")))
                for name in ["photos/1.png", "photos/2.png"] {
                    try FileManager.default.removeItem(atPath: "\(workspace.path)/\(name)")
                }
                let left = Data(try workspace.everything())
                #expect(left.range(of: Data("what the image shows".utf8)) == nil)
                #expect(left.range(of: Data(images[0].utf8.dropFirst(20).prefix(20))) == nil)
            }
        }

        @Test func whatTheFilesHoldDecidesWhatIsSentAgain() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try Self.prepare(workspace, simulator)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                // One image under another name, the other with another content under the same name.
                try FileManager.default.moveItem(
                    atPath: "\(workspace.path)/photos/1.png", toPath: "\(workspace.path)/photos/one.jpeg")
                try workspace.write("photos/2.png", Self.image + [3])
                try workspace.write("rows.csv", "id,photo,question\na,one.jpeg,Why?\nb,2.png,How?\n")
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(recorder.requests.count == 3)
                let newest = String(decoding: recorder.requests[2].body, as: UTF8.self)
                #expect(newest.contains(Data(Self.image + [3]).base64EncodedString()))
            }
        }

        @Test(arguments: [(false, "attachment_missing"), (true, "attachment_changed")])
        func aFileThatIsNotAsPlannedIsNotSent(isReplaced: Bool, code: String) async throws {
            let workspace = try Workspace()
            let second = "\(workspace.path)/photos/2.png"
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
                // While the first request is under way the second one's file goes.
                $0.script = { _, _ in
                    try? FileManager.default.removeItem(atPath: second)
                    if isReplaced { try? Data(Self.image + [9]).write(to: URL(fileURLWithPath: second)) }
                    return nil
                }
            } _: { simulator, _ in
                try Self.prepare(workspace, simulator)
                let run = try await workspace.sluice("run", "job.yaml")
                #expect(run.code == 1)
                #expect(recorder.requests.count == 1)
                let line = try workspace.lines("results.jsonl")[1]
                #expect(line.contains(#""class":"failed""#))
                #expect(line.contains(#""code":"\#(code)""#))
                #expect(line.contains("/photos/2.png"))
                #expect(run.errors.contains("possibly billed") == false)
                // What its words advise has the row sent.
                if isReplaced {
                    #expect(line.contains("run the command again"))
                } else {
                    #expect(line.contains("sluice retry"))
                    try workspace.write("photos/2.png", Self.image + [2])
                    #expect(try await workspace.sluice("retry", "job", "--error", code).code == 0)
                }
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(recorder.requests.count == 2)
            }
        }

        @Test func rowsCannotNameFilesOutsideTheirFolder() async throws {
            try await withEndpoint { simulator, workspace in
                try Self.prepare(workspace, simulator)
                try workspace.write("../secret.png", Self.image)
                try workspace.write(
                    "rows.csv", "id,photo,question\na,../../secret.png,Why?\nb,/etc/hostname,How?\nc,gone.png,Who?\n")
                let plan = try await workspace.sluice("run", "job.yaml")
                #expect(plan.code == 2)
                let told = Workspace.lines(of: plan.errors)
                #expect(told[0].hasPrefix("rows.csv:2: image_file: 'photos/../../secret.png' is outside "))
                #expect(told[1].hasPrefix("rows.csv:3: image_file: 'photos//etc/hostname' does not exist; "))
                #expect(told[2].hasPrefix("rows.csv:4: image_file: 'photos/gone.png' does not exist; "))
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test func flagsTakeAnImageToo() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try Self.prepare(workspace, simulator)
                let run = try await workspace.sluice(
                    "run", "rows.csv", "--base-url", simulator.baseURL, "--model", "m", "--template", "{{question}}",
                    "--image-file", "{{photo}}", "--attachments-folder", "photos", "--id", "{{id}}")
                #expect(run.code == 0)
                let bodies = recorder.requests.map { String(decoding: $0.body, as: UTF8.self) }
                #expect(bodies.count == 2)
                #expect(bodies.allSatisfy { $0.contains(#"{"url":"data:image/png;base64,iVBORw0KGgp3aGF0"#) })
            }
        }
    }
}
