-- What hooks are told of and no log says: their second outbox, in the order of place. about: a request's number, a duty's id. hook:
-- who is told; empty: everybody. Rows are only ever added: what is here was told of once.
CREATE TABLE IF NOT EXISTS notice (
    place   INTEGER PRIMARY KEY,
    log     INTEGER NOT NULL REFERENCES log (id),
    hook    TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('request.opened', 'duty.near')),
    about   TEXT NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 32),
    time    INTEGER NOT NULL,
    UNIQUE (log, kind, about, hook)
) STRICT;
CREATE INDEX IF NOT EXISTS notice_for ON notice (log, hook, place);

-- How far a hook has taken them up: nothing from next on.
CREATE TABLE IF NOT EXISTS hook_notice (
    log  INTEGER NOT NULL REFERENCES log (id),
    name TEXT NOT NULL,
    next INTEGER NOT NULL CHECK (next >= 0),
    PRIMARY KEY (log, name)
) STRICT, WITHOUT ROWID;
