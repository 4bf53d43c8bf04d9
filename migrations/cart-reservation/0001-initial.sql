-- One cart: its state under 'cart', and every answer that was given under a key. A text longer than a row may be lies in
-- several parts.
CREATE TABLE text (
  name TEXT NOT NULL,
  part INTEGER NOT NULL CHECK (part >= 0),
  body TEXT NOT NULL,
  PRIMARY KEY (name, part)
) STRICT, WITHOUT ROWID;
