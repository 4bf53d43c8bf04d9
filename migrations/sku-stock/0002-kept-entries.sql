-- Entries of dropped periods that the outbox still needs: postings that wait, were refused, or are not settled (R32).
CREATE TABLE kept_entry (
  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
