-- What people ask the operator for. number and code: what the person gets; of the code only its SHA-256 is here. text and sender are
-- sealed with the key of holder in subject_key: whoever asks, or the case itself. Rows are only ever added.
CREATE TABLE IF NOT EXISTS request (
    log     INTEGER NOT NULL REFERENCES log (id),
    number  TEXT NOT NULL,
    code    BLOB NOT NULL CHECK (length(code) = 32),
    kind    TEXT NOT NULL,
    came    INTEGER NOT NULL,
    lang    TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('page', 'letter', 'call')),
    subject BLOB CHECK (length(subject) = 32),
    receipt BLOB CHECK (length(receipt) = 32),
    holder  BLOB NOT NULL CHECK (length(holder) = 32),
    text    BLOB,
    sender  BLOB,
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_of ON request (log, subject);

-- What became of a request, step by step; the last one is its state.
CREATE TABLE IF NOT EXISTS request_step (
    log    INTEGER NOT NULL,
    number TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('new', 'in_progress', 'extended', 'answered', 'refused', 'closed')),
    time   INTEGER NOT NULL,
    login  TEXT NOT NULL,
    norm   TEXT NOT NULL,
    holder BLOB CHECK (length(holder) = 32),
    text   BLOB,
    PRIMARY KEY (log, number, seq),
    FOREIGN KEY (log, number) REFERENCES request (log, number)
) STRICT, WITHOUT ROWID;
