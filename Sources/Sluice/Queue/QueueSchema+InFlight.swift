extension QueueSchema {
    /// What is in flight stands in a small table of its own: the ledger is only ever added to, which is the least work.
    static let inFlight = """
        CREATE TABLE claims (
          -- What may be in flight: durable before the request's bytes leave. When the attempt ends it goes, and the attempt
          -- is written to attempts, in one transaction; what a dead program left here, the next run ends.
          id INTEGER PRIMARY KEY,            -- attempts.id of the attempt to be
          request_id INTEGER NOT NULL REFERENCES requests(id),
          run_id INTEGER NOT NULL REFERENCES runs(id),
          endpoint TEXT NOT NULL,            -- base URL; empty where one among several is chosen when it leaves
          claimed_at INTEGER NOT NULL
        ) STRICT;
        INSERT INTO claims SELECT id, request_id, run_id, coalesce(endpoint_name, endpoint), claimed_at
        FROM attempts WHERE ended_at IS NULL;
        DELETE FROM attempts WHERE ended_at IS NULL;
        DROP INDEX attempts_open;

        DROP VIEW attempts_view;
        CREATE VIEW attempts_view AS
          -- The ledger with the names of its requests, oldest first, and what is in flight.
          SELECT a.run_id, a.id AS attempt_id, r.custom_id, coalesce(a.endpoint_name, a.endpoint) AS endpoint,
            a.claimed_at, a.sent_at, a.ended_at, a.outcome, a.possibly_billed, a.status, a.error_code, a.error,
            a.provider_request_id, a.latency_ms, a.first_token_ms, a.tokens_per_second, a.prompt_tokens,
            a.completion_tokens, a.cached_tokens, a.cache_write_tokens, a.reasoning_tokens, a.total_tokens,
            a.service_tier, a.cost_picousd / 1e12 AS cost_usd, a.tokens_at_most,
            a.cost_at_most_picousd / 1e12 AS cost_at_most_usd, a.output_limit, a.asked_model, a.answer
          FROM attempts a JOIN requests r ON r.id = a.request_id
          UNION ALL
          SELECT c.run_id, c.id, r.custom_id, c.endpoint, c.claimed_at, NULL, NULL, 'in flight', 0, NULL, NULL, NULL,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
          FROM claims c JOIN requests r ON r.id = c.request_id
          ORDER BY attempt_id;
        """
}
