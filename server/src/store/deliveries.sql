-- What goes to the operator's other systems. The log is the outbox: of an event only its number is here, the rest is read from
-- the log when it is sent; of a notice, its place. next: all entries below it are acknowledged, waiting, dead, or nothing that the hook is told of.
-- off: since when nothing is sent, because the receiver said that it is gone.
CREATE TABLE IF NOT EXISTS hook (
    log  INTEGER NOT NULL REFERENCES log (id),
    name TEXT NOT NULL,
    next INTEGER NOT NULL CHECK (next >= 0),
    off  INTEGER,
    PRIMARY KEY (log, name)
) STRICT, WITHOUT ROWID;

-- What a hook is still to be told of. idx, time, subject: of the log's entry. Tried last at tried, not again for wait
-- milliseconds. dead: since when it is not tried any more. said: what the last attempt met.
CREATE TABLE IF NOT EXISTS delivery (
    log      INTEGER NOT NULL REFERENCES log (id),
    hook     TEXT NOT NULL,
    idx      INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    subject  BLOB NOT NULL CHECK (length(subject) = 32),
    time     INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried    INTEGER NOT NULL DEFAULT 0,
    wait     INTEGER NOT NULL DEFAULT 0,
    dead     INTEGER,
    said     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (log, hook, idx, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS delivery_of_subject ON delivery (log, hook, subject, idx) WHERE dead IS NULL;

-- Evidence that a decision reached another system: 152-ФЗ art. 21. Rows are only ever added.
CREATE TABLE IF NOT EXISTS acknowledgement (
    log      INTEGER NOT NULL REFERENCES log (id),
    receipt  BLOB NOT NULL CHECK (length(receipt) = 32),
    hook     TEXT NOT NULL,
    idx      INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    time     INTEGER NOT NULL,
    status   INTEGER NOT NULL,
    attempts INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS acknowledgement_of_receipt ON acknowledgement (log, receipt);
