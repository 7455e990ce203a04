import Curl
import TestServer
import Testing

@Suite("The loop as an executor", .timeLimit(.minutes(1)))
struct ExecutorTests {
    static func echo(_ request: [UInt8]) -> String {
        let body = bodyText(request)
        return "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("An actor on the loop stays on its thread through a send")
    func staysOnThread() async throws {
        try await withLoop(script: answering(Self.echo)) { loop, server in
            let actor = LoopActor(loop)
            #expect(!loop.isOnLoopThread)
            let answer = try await actor.send(Array("hello".utf8), profile(server.url)).get()
            #expect(answer.body.text == "hello")
            #expect(await actor.alwaysOnLoop)
        }
    }

    @Test("Many requests at a time from an actor on the loop, each with its own answer", arguments: [false, true])
    func manyFromInside(withPreference: Bool) async throws {
        try await withLoop(script: answering(Self.echo)) { loop, server in
            let actor = LoopActor(loop)
            let profile = try profile(server.url)
            let bodies = (0..<100).map { Array("request \($0)".utf8) }
            let answers =
                withPreference
                ? await withTaskExecutorPreference(loop) { await actor.sendAll(bodies, profile) }
                : await actor.sendAll(bodies, profile)
            #expect(answers == Set(bodies.map(\.text)))
            #expect(await actor.alwaysOnLoop)
        }
    }

    @Test("Many requests at a time from other threads, each with its own answer")
    func manyFromOutside() async throws {
        try await withLoop(script: answering(Self.echo)) { loop, server in
            let profile = try profile(server.url)
            let answers = await withTaskGroup(of: String.self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        var answers: [String] = []
                        for number in 0..<25 {
                            let result = await loop.send(Array("\(worker)/\(number)".utf8), profile)
                            answers.append((try? result.get().body.text) ?? "failed")
                        }
                        return answers.joined(separator: " ")
                    }
                }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            let expected = (0..<16).map { worker in (0..<25).map { "\(worker)/\($0)" }.joined(separator: " ") }
            #expect(answers == Set(expected))
            #expect(server.connections <= 16)
        }
    }

    @Test("Many who wait for the same host's name all get through", .enabled(if: LoopbackName.found != nil))
    func sharedLookup() async throws {
        let name = try #require(LoopbackName.found)
        try await withLoop(script: answering(Self.echo)) { loop, server in
            let profile = try profile("http://\(name):\(server.port)/")
            let actor = LoopActor(loop)
            let bodies = (0..<100).map { Array("request \($0)".utf8) }
            // On the loop's own thread they all start before the first has its answer.
            let answers = await withTaskExecutorPreference(loop) { await actor.sendAll(bodies, profile) }
            #expect(answers == Set(bodies.map(\.text)))
        }
    }

    @Test("Jobs run in the order they came in")
    func order() async throws {
        try await withLoop { loop, _ in
            let order = Recorded<Int>()
            await withTaskExecutorPreference(loop) {
                await withDiscardingTaskGroup { group in
                    for number in 0..<1_000 {
                        group.addTask { order.note(number) }
                    }
                }
            }
            #expect(order.all == Array(0..<1_000))
        }
    }

    @Test("A job that keeps making jobs does not keep the sockets waiting")
    func fairness() async throws {
        try await withLoop(script: answering(Self.echo)) { loop, server in
            let done = Gate()
            let profile = try profile(server.url)
            let spinner = Task(executorPreference: loop) {
                while !Task.isCancelled { await Task.yield() }
                done.open()
            }
            #expect(try await loop.send(Array("through".utf8), profile).get().body.text == "through")
            spinner.cancel()
            await done.opened()
        }
    }
}
