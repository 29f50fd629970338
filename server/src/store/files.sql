-- Files that followed a receipt, sealed with the key of its subject. At most one for each sealed value of an entry, and gone with
-- it. Not WITHOUT ROWID: a large row is a chain of pages of its own, and those who look for a small one pass by it.
CREATE TABLE IF NOT EXISTS file (
    place  INTEGER NOT NULL,
    name   TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (place, name)
) STRICT;
