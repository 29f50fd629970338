-- The store's tables. The driver beside this file is the only reader and writer of them.
-- Trusted and never to be lost or rolled back: all of it. Digests and keys are BLOBs of 32 bytes, times UNIX milliseconds.

-- What the store belongs to: 'vault' is the check value of the vault's key.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every key there was, by what is published of it: a log's verifier key, an operator's thumbprint, the vault's check value.
-- One of each role and site has no end: it is in force. site is empty for the vault, which all sites share.
CREATE TABLE key_period (
    site   TEXT NOT NULL,
    role   TEXT NOT NULL CHECK (role IN ('log', 'operator', 'vault')),
    since  INTEGER NOT NULL,
    until  INTEGER CHECK (until > since),
    public TEXT NOT NULL,
    PRIMARY KEY (site, role, since)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX key_in_force ON key_period (site, role) WHERE until IS NULL;

-- One log per site with its signed head. Every append moves exactly one row from the head it began at.
CREATE TABLE log (
    id         INTEGER PRIMARY KEY,
    site       TEXT NOT NULL UNIQUE,
    vkey       TEXT NOT NULL,
    operator   BLOB NOT NULL,
    size       INTEGER NOT NULL CHECK (size >= 0),
    root       BLOB NOT NULL CHECK (length(root) = 32),
    checkpoint TEXT NOT NULL
) STRICT;

-- The tree: hashes of each tile, 1 to 256 of them; the rightmost tile of a level grows in place.
CREATE TABLE tile (
    log    INTEGER NOT NULL REFERENCES log (id),
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) % 32 = 0),
    PRIMARY KEY (log, level, idx)
) STRICT;

-- What was logged: the signed part without disclosures. subject is whose status it changes: of an operator's statement,
-- the subject of the receipt that it concerns.
CREATE TABLE entry (
    log     INTEGER NOT NULL REFERENCES log (id),
    idx     INTEGER NOT NULL,
    receipt BLOB NOT NULL CHECK (length(receipt) = 32),
    time    INTEGER NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 32),
    token   TEXT NOT NULL,
    PRIMARY KEY (log, idx)
) STRICT;
CREATE UNIQUE INDEX entry_receipt ON entry (log, receipt);
CREATE INDEX entry_subject ON entry (log, subject, idx);

-- The vault. Erasing a subject deletes its rows in both tables; the log keeps only hashes and stays valid.
CREATE TABLE subject_key (
    log     INTEGER NOT NULL REFERENCES log (id),
    subject BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (log, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE disclosure (
    log    INTEGER NOT NULL REFERENCES log (id),
    idx    INTEGER NOT NULL,
    name   TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (log, idx, name)
) STRICT, WITHOUT ROWID;

-- Who looked at personal data: 152-ФЗ art. 19(2)8. Rows are only ever added.
CREATE TABLE access (
    time    INTEGER NOT NULL,
    receipt BLOB NOT NULL,
    what    TEXT NOT NULL
) STRICT;
