-- How far a webhook's endpoint was told, in one row.
CREATE TABLE lane (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
