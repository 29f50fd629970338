-- Statistics, not evidence: how often pages told of an event on a day where the operator is. Of whom is nowhere. category is
-- empty where the event is about none.
CREATE TABLE IF NOT EXISTS counts (
    log      INTEGER NOT NULL REFERENCES log (id),
    day      TEXT NOT NULL CHECK (length(day) = 10),
    event    TEXT NOT NULL CHECK (event IN ('shown', 'chosen', 'given', 'refused')),
    category TEXT NOT NULL,
    n        INTEGER NOT NULL CHECK (n > 0),
    PRIMARY KEY (log, day, event, category)
) STRICT, WITHOUT ROWID;
