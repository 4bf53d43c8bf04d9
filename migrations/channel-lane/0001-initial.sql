-- One row per listing: what it is to show, what is on the way, what the channel confirmed. The body is JSON (domain/channel-lane/entry.ts).
CREATE TABLE level (
  listing TEXT PRIMARY KEY,
  sku TEXT NOT NULL,
  -- 1: the lane has something to do with it. A start of the object reads only these.
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
CREATE INDEX level_of_sku ON level (sku);

-- Where the filling stands, how fast each way may go, and who is sending, in one row.
CREATE TABLE lane (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
