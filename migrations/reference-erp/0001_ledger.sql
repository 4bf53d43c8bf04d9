-- The books of the reference ERP. The number of an entry is its mark; entries are never changed and never deleted,
-- so numbers rise by one and commit in order.
CREATE TABLE entry (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  key TEXT NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 160),
  kind TEXT NOT NULL,
  sku TEXT NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
  order_ref TEXT,
  document TEXT,
  reason TEXT,
  occurred_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  traceparent TEXT
) STRICT;

CREATE TABLE entry_line (
  entry INTEGER NOT NULL REFERENCES entry (number),
  line INTEGER NOT NULL,
  location TEXT NOT NULL,
  status TEXT NOT NULL,
  on_hand INTEGER NOT NULL,
  committed INTEGER NOT NULL,
  PRIMARY KEY (entry, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance (
  sku TEXT NOT NULL,
  location TEXT NOT NULL,
  status TEXT NOT NULL,
  on_hand INTEGER NOT NULL,
  committed INTEGER NOT NULL,
  PRIMARY KEY (sku, location, status)
) STRICT, WITHOUT ROWID;

-- Faults on demand; never read unless the Worker runs with FAULTS=on. The version keeps two calls from taking the same fault.
CREATE TABLE fault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;

INSERT INTO fault (id, version, state) VALUES (1, 0, '{}');
