-- Everything of one SKU that is not in a period table. A period's tables (journal_N, closed_N, fact_N) are made as time
-- reaches them and dropped whole, since a DROP writes no rows and a DELETE writes one for each.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE balance (
  location TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('sellable', 'quality_control', 'damaged', 'in_transit')),
  on_hand INTEGER NOT NULL CHECK (on_hand BETWEEN -9007199254740991 AND 9007199254740991),
  bases TEXT NOT NULL,
  PRIMARY KEY (location, status)
) STRICT, WITHOUT ROWID;

-- Live reservations only: start-up reads all of them and nothing else. The answers given under keys lie beside.
CREATE TABLE reservation (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  answers TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE open_case (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  body TEXT NOT NULL
) STRICT;

-- One row per flush; body says of each entry what the ERP answered.
CREATE TABLE posting (
  first INTEGER PRIMARY KEY CHECK (first > 0),
  last INTEGER NOT NULL CHECK (last >= first),
  state TEXT NOT NULL CHECK (state IN ('sent', 'failed', 'done')),
  mark_max INTEGER,
  body TEXT NOT NULL
) STRICT;
