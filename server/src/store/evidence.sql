-- The values of a receipt whose ordinary copy is destroyed, sealed with a key of their own for as long as a claim may come. until: the
-- first millisecond of the day on which it has to go. Not WITHOUT ROWID, as in file.
CREATE TABLE IF NOT EXISTS evidence (
    log     INTEGER NOT NULL REFERENCES log (id),
    receipt BLOB NOT NULL CHECK (length(receipt) = 32),
    until   INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (log, receipt)
) STRICT;

-- The last opening of a piece of evidence: who asked and why, who confirmed, when it was read. Those before are in the access log.
CREATE TABLE IF NOT EXISTS opening (
    log          INTEGER NOT NULL REFERENCES log (id),
    receipt      BLOB NOT NULL CHECK (length(receipt) = 32),
    asked        INTEGER NOT NULL,
    login        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    confirmed    INTEGER,
    confirmed_by TEXT,
    read         INTEGER,
    PRIMARY KEY (log, receipt),
    CHECK ((confirmed IS NULL) = (confirmed_by IS NULL) AND (read IS NULL OR confirmed IS NOT NULL))
) STRICT, WITHOUT ROWID;
