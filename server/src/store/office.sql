-- Who works with what is stored. password: a PHC string of Argon2id. closed: since when the account is not let in any more; it
-- stays, because the access log names it.
CREATE TABLE IF NOT EXISTS account (
    login    TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('officer', 'auditor', 'hr', 'marketing')),
    password TEXT NOT NULL,
    since    INTEGER NOT NULL,
    closed   INTEGER
) STRICT, WITHOUT ROWID;

-- token: SHA-256 of what the account shows with each request; the token itself is nowhere.
CREATE TABLE IF NOT EXISTS session (
    token BLOB PRIMARY KEY CHECK (length(token) = 32),
    login TEXT NOT NULL REFERENCES account (login),
    began INTEGER NOT NULL,
    ends  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
