import SQLite

/// The queue's tables. The comments travel with the file: `sqlite3 queue.db .schema` shows them.
enum QueueSchema {
    /// "SLUI" in ASCII, in the file's header, so that `file` and SQLite tools can tell a queue from other databases.
    static let applicationID: Int32 = 0x534C_5549

    static let migrations = [
        Migration("first", sql: first), Migration("the wire", sql: theWire),
        Migration("the same plan", sql: theSamePlan), Migration("many nights", sql: manyNights),
        Migration("at most", sql: atMost), Migration("first things first", sql: firstThingsFirst),
        Migration("several endpoints", sql: severalEndpoints), Migration("in flight", sql: inFlight),
    ]

    private static let first = """
        CREATE TABLE runs (
          -- One execution of a job. Times are milliseconds since 1970 UTC.
          id INTEGER PRIMARY KEY,
          job TEXT NOT NULL,                 -- the job's name: what a later command finds the run by
          input TEXT NOT NULL,               -- the prompt file, as the job names it
          endpoint TEXT NOT NULL,            -- base URL, never with a key
          created_at INTEGER NOT NULL,
          revision INTEGER NOT NULL DEFAULT 0, -- the plan in force; 0 until the first plan was wholly valid
          planning INTEGER NOT NULL DEFAULT 0 CHECK (planning IN (0, 1)), -- rows of revision + 1 may lie about
          rows INTEGER NOT NULL DEFAULT 0,   -- rows of the plan in force
          first_request INTEGER,             -- least requests.id of the run
          planned_at INTEGER,
          started_at INTEGER,                -- when requests were first sent
          ended_at INTEGER,                  -- when the newest sitting ended
          end_reason TEXT                    -- complete, interrupted, stopped: …
        ) STRICT;

        CREATE TABLE requests (
          -- One row of a plan, never changed once written. An edited row is a new request.
          id INTEGER PRIMARY KEY,
          run_id INTEGER NOT NULL REFERENCES runs(id),
          revision INTEGER NOT NULL,         -- the plan that brought it; in force while <= runs.revision
          custom_id TEXT NOT NULL,
          method TEXT NOT NULL CHECK (method = 'POST'),
          url TEXT NOT NULL,                 -- path, such as /v1/chat/completions
          body TEXT NOT NULL,                -- the JSON that is sent, byte for byte
          fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 16), -- of method, url and body
          prompt_estimate INTEGER NOT NULL,  -- tokens, by length
          output_limit INTEGER,              -- tokens that the body allows for the answer, if it says so
          UNIQUE (run_id, custom_id, revision)
        ) STRICT;

        CREATE TABLE inputs (
          -- The row's own columns as one JSON object; kept only for jobs that export them.
          request_id INTEGER PRIMARY KEY REFERENCES requests(id),
          columns TEXT NOT NULL
        ) STRICT;

        CREATE TABLE states (
          -- Where each request stands: small, and the only per-request row that changes.
          request_id INTEGER PRIMARY KEY REFERENCES requests(id),
          run_id INTEGER NOT NULL REFERENCES runs(id),
          seq INTEGER NOT NULL,              -- place in the plan from 0: the order of every export
          line INTEGER NOT NULL,             -- line of the prompt file, from 1
          retired INTEGER,                   -- the revision that replaced or removed it: no longer part of the plan
          class TEXT CHECK (class IN ('ok', 'truncated', 'refused', 'filtered', 'invalid', 'failed', 'skipped')),
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),   -- that count against the job's limit
          throttles INTEGER NOT NULL DEFAULT 0 CHECK (throttles >= 0), -- turned away by rate limits: counted apart
          not_before INTEGER,                -- waiting to be tried again
          settled_at INTEGER,
          CHECK ((class IS NULL) = (settled_at IS NULL)),
          CHECK (not_before IS NULL OR class IS NULL)
        ) STRICT;
        CREATE INDEX states_order ON states(run_id, seq);
        CREATE INDEX states_waiting ON states(run_id, not_before) WHERE not_before IS NOT NULL;

        CREATE TABLE attempts (
          -- The ledger: what became of each attempt. What is in flight stands in claims.
          id INTEGER PRIMARY KEY,
          request_id INTEGER NOT NULL REFERENCES requests(id),
          run_id INTEGER NOT NULL REFERENCES runs(id),
          endpoint TEXT NOT NULL,
          claimed_at INTEGER NOT NULL,
          sent_at INTEGER,                   -- null: never sent, or the program died before it could say so
          ended_at INTEGER,                  -- never null since there is claims
          outcome TEXT CHECK (outcome IN ('ok', 'truncated', 'refused', 'filtered', 'invalid', 'failed',
            'retried', 'throttled', 'stopped', 'unknown', 'unsent')),
          possibly_billed INTEGER NOT NULL DEFAULT 0 CHECK (possibly_billed IN (0, 1)), -- left, answer never seen
          status INTEGER,                    -- HTTP status
          error_code TEXT,
          error TEXT,                        -- the provider's or the transport's words
          provider_request_id TEXT,
          finish_reason TEXT,
          model TEXT,                        -- as served
          latency_ms INTEGER,
          first_byte_ms INTEGER,
          prompt_tokens INTEGER,             -- token counts are null where the answer did not say
          completion_tokens INTEGER,
          cached_tokens INTEGER,
          reasoning_tokens INTEGER,
          total_tokens INTEGER,
          cost_picousd INTEGER,              -- 1e-12 US dollars; null: unknown
          CHECK ((ended_at IS NULL) = (outcome IS NULL))
        ) STRICT;
        CREATE INDEX attempts_open ON attempts(run_id) WHERE ended_at IS NULL;

        CREATE TABLE results (
          -- What settled a request.
          request_id INTEGER PRIMARY KEY REFERENCES requests(id),
          attempt_id INTEGER NOT NULL REFERENCES attempts(id),
          answer ANY                         -- body as received: text where it is UTF-8, else a blob; null: none came
        ) STRICT;

        CREATE TABLE totals (
          -- Counters of each run, kept with every transaction so that nobody need count rows.
          run_id INTEGER PRIMARY KEY REFERENCES runs(id),
          ok INTEGER NOT NULL DEFAULT 0,
          truncated INTEGER NOT NULL DEFAULT 0,
          refused INTEGER NOT NULL DEFAULT 0,
          filtered INTEGER NOT NULL DEFAULT 0,
          invalid INTEGER NOT NULL DEFAULT 0,
          failed INTEGER NOT NULL DEFAULT 0,
          skipped INTEGER NOT NULL DEFAULT 0,
          attempts INTEGER NOT NULL DEFAULT 0,        -- sent, and ended or given up
          retries INTEGER NOT NULL DEFAULT 0,         -- of these, to be tried again for a fault
          throttles INTEGER NOT NULL DEFAULT 0,       -- of these, turned away by a rate limit
          possibly_billed INTEGER NOT NULL DEFAULT 0, -- of these, left with no answer seen
          prompt_tokens INTEGER NOT NULL DEFAULT 0,
          completion_tokens INTEGER NOT NULL DEFAULT 0,
          cached_tokens INTEGER NOT NULL DEFAULT 0,
          reasoning_tokens INTEGER NOT NULL DEFAULT 0,
          total_tokens INTEGER NOT NULL DEFAULT 0,
          usage_absent INTEGER NOT NULL DEFAULT 0,    -- answered attempts that did not say their usage
          cost_picousd INTEGER NOT NULL DEFAULT 0,    -- of the attempts whose cost is known
          cost_unknown INTEGER NOT NULL DEFAULT 0,    -- attempts that may have cost something, nobody knows what
          active_ms INTEGER NOT NULL DEFAULT 0        -- time spent sending, over all sittings
        ) STRICT;

        CREATE VIEW results_view AS
          -- One line a request of the plan in force, in input order.
          SELECT s.run_id, s.seq, r.custom_id, coalesce(s.class, 'unsent') AS class,
            CASE WHEN typeof(x.answer) = 'text' AND json_valid(x.answer)
              THEN json_extract(x.answer, '$.choices[0].message.content') END AS text,
            a.finish_reason, a.model, a.prompt_tokens, a.completion_tokens, a.cached_tokens, a.reasoning_tokens,
            a.total_tokens, a.cost_picousd / 1e12 AS cost_usd, s.attempts, a.latency_ms, a.status,
            a.error_code, a.error, r.body AS request, x.answer
          FROM states s
          JOIN runs u ON u.id = s.run_id
          JOIN requests r ON r.id = s.request_id
          LEFT JOIN results x ON x.request_id = s.request_id
          LEFT JOIN attempts a ON a.id = x.attempt_id
          WHERE r.revision <= u.revision AND (s.retired IS NULL OR s.retired > u.revision)
          ORDER BY s.run_id, s.seq;

        CREATE VIEW attempts_view AS
          -- The ledger with the names of its requests, oldest first.
          SELECT a.run_id, a.id AS attempt_id, r.custom_id, a.endpoint,
            datetime(a.claimed_at / 1000, 'unixepoch') AS claimed, a.sent_at, a.ended_at,
            coalesce(a.outcome, 'in flight') AS outcome, a.possibly_billed, a.status, a.error_code, a.error,
            a.provider_request_id, a.latency_ms, a.prompt_tokens, a.completion_tokens, a.total_tokens,
            a.cost_picousd / 1e12 AS cost_usd
          FROM attempts a JOIN requests r ON r.id = a.request_id
          ORDER BY a.id;
        """

    /// Files that a request takes in, what a further attempt sends beyond its request, and what streams tell.
    private static let theWire = """
        ALTER TABLE requests ADD COLUMN attachments INTEGER NOT NULL DEFAULT 0 /* local files that the body takes in */;
        ALTER TABLE states ADD COLUMN invalids INTEGER NOT NULL DEFAULT 0 CHECK (invalids >= 0)
          /* answers that failed the job's own check: counted apart from attempts */;
        ALTER TABLE states ADD COLUMN grown INTEGER NOT NULL DEFAULT 0 CHECK (grown >= 0)
          /* answers that were cut, and asked for again with a larger limit */;
        ALTER TABLE attempts ADD COLUMN first_token_ms INTEGER /* of a stream: from sending to the first text */;
        ALTER TABLE attempts ADD COLUMN tokens_per_second REAL /* of a stream: between its first text and its last */;
        ALTER TABLE attempts ADD COLUMN cache_write_tokens INTEGER;
        ALTER TABLE attempts ADD COLUMN service_tier TEXT /* as reported: what it is charged by */;
        ALTER TABLE attempts ADD COLUMN output_limit INTEGER /* tokens allowed, where more than the request says */;
        ALTER TABLE attempts ADD COLUMN answer ANY
          /* what came, where it did not settle the request: a broken stream, an answer that failed its check */;

        CREATE TABLE attachments (
          -- A local file that a request's body takes in when it leaves. The body has empty text at its place.
          request_id INTEGER NOT NULL REFERENCES requests(id),
          position INTEGER NOT NULL,         -- byte of the body before which the file's data goes
          path TEXT NOT NULL,
          form TEXT NOT NULL CHECK (form IN ('data_url', 'base64')),
          media_type TEXT NOT NULL,          -- by its content, such as image/png
          bytes INTEGER NOT NULL,
          sha256 BLOB NOT NULL CHECK (length(sha256) = 32), -- part of the request's fingerprint
          PRIMARY KEY (request_id, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE amendments (
          -- What the next attempt of a request sends beyond its body.
          request_id INTEGER PRIMARY KEY REFERENCES requests(id),
          output_limit INTEGER,              -- a larger limit of tokens, after an answer that was cut at the last one
          turns TEXT                         -- messages that quote an answer and what is wrong with it, as JSON
        ) STRICT;

        DROP VIEW results_view;
        CREATE VIEW results_view AS
          -- One line a request of the plan in force, in input order.
          SELECT s.run_id, s.seq, r.custom_id, coalesce(s.class, 'unsent') AS class,
            CASE WHEN typeof(x.answer) = 'text' AND json_valid(x.answer)
              THEN json_extract(x.answer, '$.choices[0].message.content') END AS text,
            a.finish_reason, a.model, a.prompt_tokens, a.completion_tokens, a.cached_tokens, a.reasoning_tokens,
            a.total_tokens, a.cost_picousd / 1e12 AS cost_usd, s.attempts + s.invalids + s.grown AS attempts, a.latency_ms,
            a.first_token_ms, a.tokens_per_second, a.status, a.error_code, a.error, r.body AS request, x.answer
          FROM states s
          JOIN runs u ON u.id = s.run_id
          JOIN requests r ON r.id = s.request_id
          LEFT JOIN results x ON x.request_id = s.request_id
          LEFT JOIN attempts a ON a.id = x.attempt_id
          WHERE r.revision <= u.revision AND (s.retired IS NULL OR s.retired > u.revision)
          ORDER BY s.run_id, s.seq;

        DROP VIEW attempts_view;
        CREATE VIEW attempts_view AS
          -- The ledger with the names of its requests, oldest first.
          SELECT a.run_id, a.id AS attempt_id, r.custom_id, a.endpoint,
            datetime(a.claimed_at / 1000, 'unixepoch') AS claimed, a.sent_at, a.ended_at,
            coalesce(a.outcome, 'in flight') AS outcome, a.possibly_billed, a.status, a.error_code, a.error,
            a.provider_request_id, a.latency_ms, a.first_token_ms, a.tokens_per_second, a.prompt_tokens,
            a.completion_tokens, a.cached_tokens, a.cache_write_tokens, a.reasoning_tokens, a.total_tokens,
            a.service_tier, a.cost_picousd / 1e12 AS cost_usd, a.output_limit, a.answer
          FROM attempts a JOIN requests r ON r.id = a.request_id
          ORDER BY a.id;
        """

    /// What tells that a plan need not be made again, and where a run's part of the ledger begins.
    private static let theSamePlan = """
        ALTER TABLE runs ADD COLUMN first_attempt INTEGER NOT NULL DEFAULT 0 /* no attempts.id of the run is less */;

        CREATE TABLE plans (
          -- What the plan in force was made from: while none of it has changed, its input need not be read again.
          run_id INTEGER PRIMARY KEY REFERENCES runs(id),
          revision INTEGER NOT NULL,         -- the plan that this is said of; of no other
          recipe BLOB NOT NULL CHECK (length(recipe) = 32),  -- SHA-256 of the program and all that shapes requests
          input BLOB NOT NULL CHECK (length(input) = 32),    -- SHA-256 of the input's bytes
          bytes INTEGER NOT NULL             -- of the input
        ) STRICT;
        """

    /// Runs that take over each other's answers, and that are deleted one day.
    private static let manyNights = """
        ALTER TABLE runs ADD COLUMN pruning INTEGER NOT NULL DEFAULT 0 CHECK (pruning IN (0, 1))
          /* being deleted: nothing but `sluice prune` sees the run any more */;
        ALTER TABLE totals ADD COLUMN reused INTEGER NOT NULL DEFAULT 0
          /* of the ok rows, answered by an identical request of another run */;

        ALTER TABLE attempts ADD COLUMN paid_by INTEGER
          /* the run that sent it, where that is deleted and this one had taken its answer over: in no totals */;

        CREATE TABLE deleted_attempts (
          -- What a run's ledger held of rows that were changed or removed, and then deleted. The totals still count it.
          run_id INTEGER PRIMARY KEY REFERENCES runs(id),
          attempts INTEGER NOT NULL,
          possibly_billed INTEGER NOT NULL,
          retries INTEGER NOT NULL,          -- certainly to be tried again
          retries_at_most INTEGER NOT NULL,  -- of which the ledger does not say whether they were the last
          throttles INTEGER NOT NULL,
          prompt_tokens INTEGER NOT NULL,
          completion_tokens INTEGER NOT NULL,
          cached_tokens INTEGER NOT NULL,
          reasoning_tokens INTEGER NOT NULL,
          total_tokens INTEGER NOT NULL,
          usage_absent INTEGER NOT NULL,
          cost_unknown INTEGER NOT NULL,
          cost_billions INTEGER NOT NULL,    -- picodollars, in two parts
          cost_rest INTEGER NOT NULL
        ) STRICT;
        """

    /// What attempts can have taken whose answer nobody saw.
    private static let atMost = """
        ALTER TABLE attempts ADD COLUMN tokens_at_most INTEGER
          /* where possibly billed: a token a byte sent, and all that the request allows for its answer; null: no limit */;
        ALTER TABLE attempts ADD COLUMN cost_at_most_picousd INTEGER /* these tokens at the job's price; null: unknown */;
        ALTER TABLE totals ADD COLUMN bounded_tokens INTEGER NOT NULL DEFAULT 0 /* the sum of tokens_at_most */;
        ALTER TABLE totals ADD COLUMN bounded_token_attempts INTEGER NOT NULL DEFAULT 0 /* attempts that have one */;
        ALTER TABLE totals ADD COLUMN bounded_picousd INTEGER NOT NULL DEFAULT 0 /* the sum of cost_at_most_picousd */;
        ALTER TABLE totals ADD COLUMN bounded_cost_attempts INTEGER NOT NULL DEFAULT 0 /* attempts that have one */;
        ALTER TABLE deleted_attempts ADD COLUMN bounded_tokens INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deleted_attempts ADD COLUMN bounded_token_attempts INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deleted_attempts ADD COLUMN bounded_cost_billions INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deleted_attempts ADD COLUMN bounded_cost_rest INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE deleted_attempts ADD COLUMN bounded_cost_attempts INTEGER NOT NULL DEFAULT 0;

        -- In words that SQLite and DuckDB, which runs views itself, read alike; so is attempts_view from here on.
        DROP VIEW results_view;
        CREATE VIEW results_view AS
          -- One line a request of the plan in force, in input order.
          SELECT s.run_id, s.seq, r.custom_id, coalesce(s.class, 'unsent') AS class,
            CASE WHEN lower(typeof(x.answer)) IN ('text', 'varchar') AND json_valid(x.answer)
              THEN x.answer ->> '$.choices[0].message.content' END AS text,
            a.finish_reason, a.model, a.prompt_tokens, a.completion_tokens, a.cached_tokens, a.reasoning_tokens,
            a.total_tokens, a.cost_picousd / 1e12 AS cost_usd, s.attempts + s.invalids + s.grown AS attempts, a.latency_ms,
            a.first_token_ms, a.tokens_per_second, a.status, a.error_code, a.error, r.body AS request, x.answer
          FROM states s
          JOIN runs u ON u.id = s.run_id
          JOIN requests r ON r.id = s.request_id
          LEFT JOIN results x ON x.request_id = s.request_id
          LEFT JOIN attempts a ON a.id = x.attempt_id
          WHERE r.revision <= u.revision AND (s.retired IS NULL OR s.retired > u.revision)
          ORDER BY s.run_id, s.seq;
        """

    /// Rows that are sent before others, and what a run waited for.
    private static let firstThingsFirst = """
        ALTER TABLE states ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 /* rows of a greater one are sent first */;
        CREATE INDEX states_priority ON states(run_id, priority) WHERE priority <> 0;
        ALTER TABLE requests ADD COLUMN model TEXT /* that it asks for; null: not known */;
        ALTER TABLE runs ADD COLUMN finish_by INTEGER /* when the job wants to be done */;

        CREATE TABLE bounds (
          -- What held a run back, and for how long in all.
          run_id INTEGER NOT NULL REFERENCES runs(id),
          bound TEXT NOT NULL,               -- such as requests_per_minute, concurrency, disk
          ms INTEGER NOT NULL,
          PRIMARY KEY (run_id, bound)
        ) STRICT, WITHOUT ROWID;
        """

    /// Who was asked, under which name for the model, and what each endpoint did for a run.
    private static let severalEndpoints = """
        ALTER TABLE attempts ADD COLUMN endpoint_name TEXT
          /* of one among several; until its attempt has ended, endpoint is empty: which one is chosen when it leaves */;
        ALTER TABLE attempts ADD COLUMN asked_model TEXT
          /* what the endpoint was asked for, where it has another name for the request's model */;

        CREATE TABLE endpoint_totals (
          -- Counters of each run by endpoint, kept with every transaction as those of totals are.
          run_id INTEGER NOT NULL REFERENCES runs(id),
          endpoint TEXT NOT NULL,            -- its name, or the base URL of one without; empty: not known
          attempts INTEGER NOT NULL,
          ok INTEGER NOT NULL,               -- answers that settled a row as ok
          throttles INTEGER NOT NULL,
          possibly_billed INTEGER NOT NULL,
          prompt_tokens INTEGER NOT NULL,
          completion_tokens INTEGER NOT NULL,
          total_tokens INTEGER NOT NULL,
          cost_picousd INTEGER NOT NULL,
          cost_unknown INTEGER NOT NULL,
          PRIMARY KEY (run_id, endpoint)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO endpoint_totals
        SELECT run_id, endpoint, count(outcome), count(*) FILTER (WHERE outcome = 'ok'),
          count(*) FILTER (WHERE outcome = 'throttled'),
          count(*) FILTER (WHERE possibly_billed AND outcome IS NOT NULL),
          coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), coalesce(sum(total_tokens), 0),
          CAST(coalesce(sum(cost_picousd / 1000000000), 0) * 1000000000
            + coalesce(sum(cost_picousd % 1000000000), 0) AS INTEGER),
          count(*) FILTER (WHERE cost_picousd IS NULL AND (possibly_billed OR status BETWEEN 200 AND 299))
        FROM attempts
        WHERE outcome IS NOT NULL AND outcome <> 'unsent' AND paid_by IS NULL
          AND (sent_at IS NOT NULL OR outcome <> 'failed')
        GROUP BY run_id, endpoint;
        -- What is deleted does not say whom it was sent to.
        INSERT INTO endpoint_totals
        SELECT run_id, '', attempts, 0, throttles, possibly_billed, prompt_tokens, completion_tokens, total_tokens,
          CAST(cost_billions * 1000000000 + cost_rest AS INTEGER), cost_unknown
        FROM deleted_attempts;

        DROP VIEW attempts_view;
        CREATE VIEW attempts_view AS
          -- The ledger with the names of its requests, oldest first.
          SELECT a.run_id, a.id AS attempt_id, r.custom_id, coalesce(a.endpoint_name, a.endpoint) AS endpoint,
            a.claimed_at, a.sent_at, a.ended_at,
            coalesce(a.outcome, 'in flight') AS outcome, a.possibly_billed, a.status, a.error_code, a.error,
            a.provider_request_id, a.latency_ms, a.first_token_ms, a.tokens_per_second, a.prompt_tokens,
            a.completion_tokens, a.cached_tokens, a.cache_write_tokens, a.reasoning_tokens, a.total_tokens,
            a.service_tier, a.cost_picousd / 1e12 AS cost_usd, a.tokens_at_most,
            a.cost_at_most_picousd / 1e12 AS cost_at_most_usd, a.output_limit, a.asked_model, a.answer
          FROM attempts a JOIN requests r ON r.id = a.request_id
          ORDER BY a.id;
        """
}
