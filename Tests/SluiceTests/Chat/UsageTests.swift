import JSON
import Testing

@testable import Sluice

@Suite struct UsageTests {
    private func usage(_ text: String) throws -> Usage? {
        let parser = JSONParser()
        return Usage(try parser.parse(Array(text.utf8)))
    }

    @Test(
        arguments: [
            // OpenAI
            (
                """
                {"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,
                 "prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":3,"audio_tokens":0},
                 "completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":0,"accepted_prediction_tokens":0}}
                """,
                Usage(
                    promptTokens: 19, completionTokens: 10, totalTokens: 29, cachedTokens: 8, cacheWriteTokens: 3,
                    reasoningTokens: 4)
            ),
            // EvoLink: the other family of names is there, and zero
            (
                """
                {"prompt_tokens":13,"completion_tokens":1891,"total_tokens":1904,
                 "prompt_tokens_details":{"cached_tokens":0,"text_tokens":13},
                 "completion_tokens_details":{"text_tokens":0,"reasoning_tokens":1480},
                 "input_tokens":0,"output_tokens":0,"input_tokens_details":null}
                """,
                Usage(
                    promptTokens: 13, completionTokens: 1891, totalTokens: 1904, cachedTokens: 0, reasoningTokens: 1480)
            ),
            // Responses, and batch totals
            (
                """
                {"input_tokens":75,"input_tokens_details":{"cached_tokens":64},"output_tokens":1186,
                 "output_tokens_details":{"reasoning_tokens":1024},"total_tokens":1261}
                """,
                Usage(
                    promptTokens: 75, completionTokens: 1186, totalTokens: 1261, cachedTokens: 64, reasoningTokens: 1024
                )
            ),
            // The same behind a gateway that fills in zeros
            (
                #"{"prompt_tokens":0,"completion_tokens":0,"input_tokens":7,"output_tokens":5}"#,
                Usage(promptTokens: 7, completionTokens: 5)
            ),
            // Anthropic: input leaves out the cache, and the parts of a write are not added to their sum
            (
                """
                {"input_tokens":10,"cache_creation_input_tokens":200,"cache_read_input_tokens":3000,"output_tokens":50,
                 "cache_creation":{"ephemeral_5m_input_tokens":150,"ephemeral_1h_input_tokens":50}}
                """,
                Usage(promptTokens: 3210, completionTokens: 50, cachedTokens: 3000, cacheWriteTokens: 200)
            ),
            (
                """
                {"input_tokens":10,"output_tokens":50,"cache_read_input_tokens":null,
                 "cache_creation":{"ephemeral_5m_input_tokens":150,"ephemeral_1h_input_tokens":50}}
                """,
                Usage(promptTokens: 210, completionTokens: 50, cacheWriteTokens: 200)
            ),
            // LiteLLM before Anthropic: prompt tokens include the cache already
            (
                """
                {"prompt_tokens":3210,"completion_tokens":50,"total_tokens":3260,"cache_creation_input_tokens":200,
                 "cache_read_input_tokens":3000,"prompt_tokens_details":{"cached_tokens":3000}}
                """,
                Usage(
                    promptTokens: 3210, completionTokens: 50, totalTokens: 3260, cachedTokens: 3000,
                    cacheWriteTokens: 200)
            ),
            // DeepSeek
            (
                """
                {"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_cache_hit_tokens":64,
                 "prompt_cache_miss_tokens":36,"prompt_tokens_details":{"cached_tokens":64}}
                """,
                Usage(promptTokens: 100, completionTokens: 5, totalTokens: 105, cachedTokens: 64)
            ),
            // OpenRouter
            (
                """
                {"prompt_tokens":14,"completion_tokens":163,"total_tokens":177,"cost":0.00014,"cache_write_tokens":2,
                 "cost_details":{"upstream_inference_cost":null},"prompt_tokens_details":null}
                """,
                Usage(promptTokens: 14, completionTokens: 163, totalTokens: 177, cacheWriteTokens: 2)
            ),
            // Embeddings
            (#"{"prompt_tokens":8,"total_tokens":8}"#, Usage(promptTokens: 8, totalTokens: 8)),
            // Nothing was used, and said so
            (
                #"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
                Usage(promptTokens: 0, completionTokens: 0, totalTokens: 0)
            ),
            (#"{"prompt_tokens":13.0,"completion_tokens":"5"}"#, Usage(promptTokens: 13)),
            (#"{"prompt_tokens":-1,"completion_tokens":99999999999999999999,"total_tokens":3}"#, Usage(totalTokens: 3)),
        ] as [(String, Usage)])
    func readsEveryShape(text: String, expected: Usage) throws {
        #expect(try usage(text) == expected)
    }

    @Test(arguments: ["null", "{}", "[]", "3", #"{"cost":1}"#, #"{"prompt_tokens":null,"completion_tokens":1.5}"#])
    func sayingNothingIsNoUsage(text: String) throws {
        #expect(try usage(text) == nil)
    }
}
