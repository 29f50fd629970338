-- What the office knows of a subject and no receipt says: a purpose was reached, data were blocked, a duty was done. It changes no
-- consent. Rows are only ever added; number orders them.
CREATE TABLE IF NOT EXISTS fact (
    number  INTEGER PRIMARY KEY,
    log     INTEGER NOT NULL REFERENCES log (id),
    id      TEXT NOT NULL UNIQUE,
    time    INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject BLOB CHECK (length(subject) = 32),
    receipt BLOB CHECK (length(receipt) = 32),
    purpose TEXT,
    duty    BLOB CHECK (length(duty) = 32),
    notice  BLOB CHECK (length(notice) = 32),
    login   TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS fact_of ON fact (log, subject);
