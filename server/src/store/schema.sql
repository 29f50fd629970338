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

-- One log per site with its signed head. Every append moves exactly one row from the head it began at. found: entries below
-- this index are in both by_ tables.
CREATE TABLE log (
    id         INTEGER PRIMARY KEY CHECK (id < 4194304),
    site       TEXT NOT NULL UNIQUE,
    vkey       TEXT NOT NULL,
    operator   BLOB NOT NULL,
    size       INTEGER NOT NULL CHECK (size >= 0 AND size < 1099511627776),
    root       BLOB NOT NULL CHECK (length(root) = 32),
    checkpoint TEXT NOT NULL,
    found      INTEGER NOT NULL DEFAULT 0 CHECK (found <= size)
) STRICT;

-- What is published of a log with witnesses: the largest checkpoint that enough of them cosigned. It never shrinks.
CREATE TABLE published (
    log        INTEGER PRIMARY KEY REFERENCES log (id),
    size       INTEGER NOT NULL CHECK (size >= 0),
    checkpoint TEXT NOT NULL
) STRICT;

-- How many entries each witness is known to have confirmed: where its next consistency proof begins.
CREATE TABLE witness (
    log  INTEGER NOT NULL REFERENCES log (id),
    vkey TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    PRIMARY KEY (log, vkey)
) STRICT, WITHOUT ROWID;

-- The tree: hashes of each tile, 1 to 256 of them; the rightmost tile of a level grows in place.
CREATE TABLE tile (
    log    INTEGER NOT NULL REFERENCES log (id),
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) % 32 = 0),
    PRIMARY KEY (log, level, idx)
) STRICT;

-- A place is the log's id * 2^40 + the index: one number orders the entries of all logs, and a new entry goes to its table's
-- end. No references on what every append writes: each would cost a lookup, and an append is one transaction.

-- What the log commits to. subject is whose status it changes: of an operator's statement, the subject of the receipt that it
-- concerns.
CREATE TABLE entry (
    place   INTEGER PRIMARY KEY,
    receipt BLOB NOT NULL CHECK (length(receipt) = 32),
    time    INTEGER NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 32)
) STRICT;

-- What was signed, without disclosures. Apart from entry, so that who needs hashes and times does not read the texts.
CREATE TABLE token (
    place INTEGER PRIMARY KEY,
    token TEXT NOT NULL
) STRICT;

-- Where an entry is, by the first eight bytes of its receipt's hash or of its subject. Behind by what log.found says.
CREATE TABLE by_receipt (
    key   INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_subject (
    key   INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) STRICT, WITHOUT ROWID;

-- The vault. Erasing a subject deletes its rows in both tables; the log keeps only hashes and stays valid.
CREATE TABLE subject_key (
    log     INTEGER NOT NULL REFERENCES log (id),
    subject BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (log, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE disclosure (
    place  INTEGER NOT NULL,
    name   TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (place, name)
) STRICT, WITHOUT ROWID;

-- Who looked at personal data, or was not let: 152-ФЗ art. 19(2)8. Rows are only ever added. login: of an account, or empty for
-- whoever has the machine. Stores older than the office get the columns from login on at their next start.
CREATE TABLE access (
    time    INTEGER NOT NULL,
    receipt BLOB NOT NULL,
    what    TEXT NOT NULL,
    login   TEXT NOT NULL DEFAULT '',
    site    TEXT NOT NULL DEFAULT '',
    purpose TEXT NOT NULL DEFAULT '',
    reason  TEXT NOT NULL DEFAULT ''
) STRICT;
