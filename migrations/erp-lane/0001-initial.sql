-- What a restart of the lane must not forget, in one row.
CREATE TABLE lane (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;
