"""The tables of journal.db, version by version. A version that was released is never edited."""

FIRST = """
CREATE TABLE alerts (                -- every firing there was
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,           -- what the API calls it
  rule TEXT NOT NULL,
  name TEXT NOT NULL,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,              -- JSON: [[name, value], ...]
  unit TEXT NOT NULL,                -- of the values: ratio, bytes, ...
  operator TEXT NOT NULL,
  threshold REAL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL,               -- firing, unknown, resolved
  triggered_at REAL NOT NULL,        -- Unix seconds, as all times here
  resolved_at REAL,
  value REAL,
  worst REAL,
  last REAL,
  text TEXT NOT NULL,
  processes TEXT NOT NULL,           -- JSON: [[pid, name, user, cpu ratio, memory bytes], ...]
  acknowledged_at REAL,
  gone INTEGER NOT NULL DEFAULT 0    -- 1: ended as its series or rule went away
);
CREATE UNIQUE INDEX alerts_open ON alerts (rule, labels) WHERE resolved_at IS NULL;
CREATE INDEX alerts_time ON alerts (triggered_at, number);
CREATE INDEX alerts_rule ON alerts (rule, triggered_at, number);
CREATE INDEX alerts_severity ON alerts (severity, triggered_at, number);

CREATE TABLE standings (             -- how far each watch has come, as of the last look
  rule TEXT NOT NULL,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  observed REAL NOT NULL,
  seen REAL,
  value REAL,
  triggered REAL,
  value_at_trigger REAL,
  worst REAL,
  resolved REAL,
  PRIMARY KEY (rule, labels)
) WITHOUT ROWID;

CREATE TABLE messages (              -- what was, or is to be, handed to a channel in one piece
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,          -- the same at every attempt
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,                -- alerts, digest
  body TEXT NOT NULL,                -- JSON
  state TEXT NOT NULL,               -- sending, sent, dead
  created_at REAL NOT NULL,
  due_at REAL NOT NULL,
  ended_at REAL,
  attempts INTEGER NOT NULL DEFAULT 0,
  waited REAL NOT NULL DEFAULT 0,    -- seconds of back-off so far
  answer TEXT                        -- the other side's, or the last error
);
CREATE INDEX messages_channel ON messages (channel, state, number);
CREATE INDEX messages_time ON messages (created_at);

CREATE TABLE outbox (                -- one event for one channel
  number INTEGER PRIMARY KEY,
  alert INTEGER NOT NULL REFERENCES alerts (number) ON DELETE CASCADE,
  event TEXT NOT NULL,               -- triggered, resolved
  channel TEXT NOT NULL,
  state TEXT NOT NULL,               -- waiting, held, dropped, bundled
  created_at REAL NOT NULL,
  due_at REAL NOT NULL,
  message INTEGER REFERENCES messages (number) ON DELETE CASCADE,
  UNIQUE (alert, event, channel)
);
CREATE INDEX outbox_channel ON outbox (channel, state, due_at);
CREATE INDEX outbox_message ON outbox (message);

CREATE TABLE snoozes (
  scope TEXT NOT NULL,               -- all, rule, severity
  target TEXT NOT NULL,              -- the rule's id, the severity, or nothing
  until REAL NOT NULL,
  PRIMARY KEY (scope, target)
) WITHOUT ROWID;
"""

KEYS = """
CREATE TABLE keys (                  -- of the API
  name TEXT PRIMARY KEY,
  scope TEXT NOT NULL,               -- viewer, admin
  digest BLOB NOT NULL UNIQUE,       -- SHA-256 of the key, which itself is kept nowhere
  created_at REAL NOT NULL,
  used_at REAL                       -- to the minute
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (FIRST, KEYS)
"""Each brings the schema from the version before to the next; PRAGMA user_version counts those that were applied."""
