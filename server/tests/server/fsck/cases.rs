//! The ways in which a store is damaged.

/// What is done to a store, and what has to be said of it: the begin of a line and a part of it, for each line.
pub(super) type Case = (&'static str, &'static [(&'static str, &'static str)]);

/// The place of entry `n` is `1 << 40 | n`: the first log of a store has number 1.
pub(super) const CASES: &[Case] = &[
    // One byte of a receipt, in its signature; and in its payload.
    (
        "UPDATE token SET token = substr(token, 1, length(token) - 20) || CASE substr(token, -20, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(token, -19) WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9, receipt ", "not the one of this hash"),
            ("jetcrm, entry 9, receipt ", "the signature does not fit"),
        ],
    ),
    // The signature of another receipt.
    (
        "UPDATE token SET token = substr(token, 1, length(token) - 86) || (SELECT substr(token, -86) FROM token WHERE place = (1 << 40) + 10) WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9, receipt ", "not the one of this hash"),
            ("jetcrm, entry 9, receipt ", "the signature does not fit"),
        ],
    ),
    // A receipt that holds, in the place of another.
    (
        "UPDATE token SET token = (SELECT token FROM token WHERE place = (1 << 40) + 10) WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9, receipt ", "not the one of this hash"),
            ("jetcrm, entry 9, receipt ", "another subject than the one that signed"),
        ],
    ),
    // Two entries that changed places, with all that is theirs.
    (
        "UPDATE entry SET place = 0 WHERE place = (1 << 40) + 9; UPDATE entry SET place = (1 << 40) + 9 WHERE place = (1 << 40) + 10; UPDATE entry SET place = (1 << 40) + 10 WHERE place = 0;
         UPDATE token SET place = 0 WHERE place = (1 << 40) + 9; UPDATE token SET place = (1 << 40) + 9 WHERE place = (1 << 40) + 10; UPDATE token SET place = (1 << 40) + 10 WHERE place = 0",
        &[
            ("jetcrm, entry 9: ", "do not give the leaf"),
            ("jetcrm, entry 10: ", "do not give the leaf"),
        ],
    ),
    (
        "UPDATE entry SET time = time + 1 WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9: ", "do not give the leaf")],
    ),
    (
        "UPDATE entry SET subject = zeroblob(32) WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9, receipt ", "another subject than the one that signed")],
    ),
    (
        "DELETE FROM token WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9, receipt ", "the receipt itself is missing")],
    ),
    (
        "DELETE FROM entry WHERE place = (1 << 40) + 9; DELETE FROM token WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9: ", "the entry is missing")],
    ),
    // A receipt that others hang on.
    (
        "DELETE FROM entry WHERE place = (1 << 40) + 2; DELETE FROM token WHERE place = (1 << 40) + 2",
        &[
            ("jetcrm, entry 2: ", "the entry is missing"),
            ("jetcrm, entry 2: ", "sealed values are left of an entry that is not there"),
            ("jetcrm, entry 4, receipt ", "a receipt that was not logged before it"),
            ("jetcrm, entry 4, receipt ", "withdraws what was not given"),
        ],
    ),
    // The last one: what only a shorter log would not miss.
    (
        "DELETE FROM entry WHERE place = (1 << 40) + 259; DELETE FROM token WHERE place = (1 << 40) + 259",
        &[("jetcrm, entry 259: ", "the entry is missing")],
    ),
    (
        "PRAGMA ignore_check_constraints = 1; UPDATE entry SET subject = x'00' WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9: ", "cannot be read"),
            ("store: ", "another type or length"),
        ],
    ),
    // Half of the log, with its tiles.
    (
        "DELETE FROM entry WHERE place >= (1 << 40) + 256; DELETE FROM token WHERE place >= (1 << 40) + 256; DELETE FROM tile WHERE level = 0 AND idx = 1",
        &[
            ("jetcrm: ", "from entry 256 on; the head has 260 entries"),
            ("jetcrm: ", "do not lead to the root"),
        ],
    ),
    (
        "INSERT INTO entry SELECT place + 1, zeroblob(32), time, subject FROM entry WHERE place = (1 << 40) + 259; INSERT INTO token VALUES ((1 << 40) + 260, 'x')",
        &[
            ("jetcrm: ", "1 entries lie beyond the head"),
            ("jetcrm: ", "1 receipts lie beyond the head"),
        ],
    ),
    (
        "INSERT INTO entry SELECT place + (1 << 40), receipt, time, subject FROM entry WHERE place = (1 << 40) + 9",
        &[("store: ", "table entry has rows of a log that is not there")],
    ),
    (
        "PRAGMA foreign_keys = 0; INSERT INTO tile VALUES (7, 0, 0, zeroblob(32))",
        &[("store: ", "table tile has rows of a log that is not there")],
    ),
    // Tiles.
    (
        "UPDATE tile SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 0 AND idx = 1",
        &[
            ("jetcrm, entry 256: ", "do not give the leaf"),
            ("jetcrm: ", "do not lead to the root"),
        ],
    ),
    (
        "UPDATE tile SET hashes = zeroblob(32) WHERE level = 1",
        &[("jetcrm, tile 1/0: ", "hash 0 is not the one of the tile below")],
    ),
    (
        "DELETE FROM tile WHERE level = 0 AND idx = 0",
        &[("jetcrm, tile 0/0: ", "missing")],
    ),
    (
        "DELETE FROM tile WHERE level = 1",
        &[("jetcrm, tile 1/0: ", "missing")],
    ),
    (
        "UPDATE tile SET hashes = substr(hashes, 1, 96) WHERE level = 0 AND idx = 1",
        &[("jetcrm, tile 0/1: ", "has 3 hashes, the log's size asks for 4")],
    ),
    (
        "UPDATE tile SET hashes = CAST(hashes || zeroblob(32) AS BLOB) WHERE level = 0 AND idx = 1",
        &[("jetcrm, tile 0/1: ", "has 5 hashes, the log's size asks for 4")],
    ),
    (
        "INSERT INTO tile VALUES (1, 0, 2, zeroblob(32)), (1, 2, 0, zeroblob(32))",
        &[
            ("jetcrm, tile 0/2: ", "beyond the head"),
            ("jetcrm, tile 2/0: ", "beyond the head"),
        ],
    ),
    // The head.
    (
        "UPDATE log SET root = zeroblob(32)",
        &[
            ("jetcrm: ", "are not those of its checkpoint"),
            ("jetcrm: ", "do not lead to the root"),
        ],
    ),
    (
        "UPDATE log SET checkpoint = substr(checkpoint, 1, length(checkpoint) - 12) || 'AAAAAAA' || substr(checkpoint, -5)",
        &[("jetcrm: ", "no signature by the log's key verifies")],
    ),
    (
        "UPDATE log SET checkpoint = 'x'",
        &[("jetcrm: ", "not a signed note")],
    ),
    (
        "UPDATE log SET vkey = 'x'",
        &[
            ("jetcrm: ", "the periods of its log keys"),
            ("jetcrm: ", "the log's key file is not the key"),
            ("jetcrm: ", "the stored verifier key is none"),
        ],
    ),
    (
        "UPDATE log SET operator = zeroblob(32)",
        &[
            ("jetcrm: ", "the periods of its operator keys"),
            ("jetcrm: ", "the operator's key file is not the key"),
        ],
    ),
    (
        "UPDATE key_period SET public = 'x' WHERE role = 'operator'",
        &[
            ("jetcrm: ", "the periods of its operator keys"),
            ("jetcrm, entry 4, receipt ", "no key signed it that was the operator's at the time"),
            ("jetcrm, entry 259, receipt ", "no key signed it that was the operator's at the time"),
            ("jetcrm: ", "in the journal of erasures has an order that no key of the operator signed"),
        ],
    ),
    (
        "UPDATE key_period SET since = since + 1000000, until = since + 2000000 WHERE role = 'vault'",
        &[("store: ", "the periods of its vault keys")],
    ),
    // What is published with witnesses: an earlier head is right, and all else is not.
    (
        "INSERT INTO published SELECT id, size, substr(checkpoint, 1, length(checkpoint) - 12) || 'AAAAAAA' || substr(checkpoint, -5) FROM log",
        &[("jetcrm: ", "the published checkpoint does not hold")],
    ),
    (
        "INSERT INTO published SELECT id, size - 1, checkpoint FROM log",
        &[("jetcrm: ", "not over a beginning of this log")],
    ),
    (
        "INSERT INTO published SELECT id, size, checkpoint FROM log; INSERT INTO witness VALUES (1, 'x', 0), (1, 'witness.example.org+659b8c9e+BMqTrBcFGHBx1nuDx/8O/oEI6OxFMFdddyaHkzPb2r58', 261)",
        &[
            ("jetcrm: ", "a witness is noted that is none"),
            ("jetcrm: ", "a witness is noted that is none"),
        ],
    ),
    // A statement of the operator.
    (
        "UPDATE entry SET subject = (SELECT subject FROM entry WHERE place = (1 << 40) + 3) WHERE place = (1 << 40) + 4",
        &[("jetcrm, entry 4, receipt ", "another subject than the receipt that it concerns")],
    ),
    // The lookup tables: three entries have moved, one of them wrongly; then one pair too many.
    (
        "UPDATE log SET found = 2; INSERT INTO by_receipt SELECT key, place FROM moved_receipt WHERE place IN ((1 << 40) + 0, (1 << 40) + 1);
         INSERT INTO by_subject SELECT key, place FROM moved_subject WHERE place = (1 << 40) + 1",
        &[
            // Nor does the fold of what was decided.
            ("jetcrm, entry 1, receipt ", "withdraws what was not given"),
("jetcrm, entry 0, receipt ", "the lookup by subject does not find it")],
    ),
    (
        "INSERT INTO by_receipt VALUES (17, (1 << 40) + 3)",
        &[("store: ", "the lookup by receipt has 1 rows of no entry")],
    ),
    (
        "INSERT INTO by_subject VALUES (17, (5 << 40) + 3)",
        &[("store: ", "the lookup by subject has 1 rows of no entry")],
    ),
    // Standing: nobody withdraws what was not given. The first of two becomes somebody else's.
    (
        "UPDATE entry SET subject = zeroblob(32) WHERE place = (1 << 40) + 0",
        &[
            ("jetcrm, entry 0, receipt ", "another subject than the one that signed"),
            ("jetcrm, entry 1, receipt ", "withdraws what was not given"),
        ],
    ),
    // Personal data.
    (
        "UPDATE disclosure SET sealed = CAST(substr(sealed, 2) || x'00' AS BLOB) WHERE place = (1 << 40) + 3 AND name = 'email'",
        &[("jetcrm, entry 3, receipt ", "the sealed value \"email\" does not open")],
    ),
    (
        "UPDATE disclosure SET sealed = (SELECT sealed FROM disclosure WHERE place = (1 << 40) + 6 AND name = 'email') WHERE place = (1 << 40) + 2 AND name = 'email'",
        &[("jetcrm, entry 2, receipt ", "the sealed value \"email\" does not open")],
    ),
    (
        "DELETE FROM disclosure WHERE place = (1 << 40) + 3 AND name = 'email'",
        &[("jetcrm, entry 3, receipt ", "1 of its 2 signed values are sealed")],
    ),
    (
        "DELETE FROM disclosure WHERE place = (1 << 40) + 6",
        &[("jetcrm, entry 6, receipt ", "its signed values are gone, and neither the log nor")],
    ),
    (
        "DELETE FROM disclosure WHERE place = (1 << 40) + 3",
        &[
            ("jetcrm, entry 3, receipt ", "its signed values are gone, and neither the log nor"),
            ("jetcrm: ", "is left, though nothing is sealed with it"),
        ],
    ),
    // It is back, and so is a key.
    (
        "INSERT INTO disclosure SELECT (1 << 40) + 5, name, sealed FROM disclosure WHERE place = (1 << 40) + 3 AND name = 'email'",
        &[
            ("jetcrm, entry 5, receipt ", "its subject has no key"),
            ("jetcrm, entry 5, receipt ", "though the log says that they were destroyed"),
            ("jetcrm, entry 5, receipt ", "the store is from before; start the server"),
        ],
    ),
    (
        "INSERT INTO disclosure VALUES ((1 << 40) + 260, 'email', x'00')",
        &[("jetcrm: ", "1 sealed values belong to no entry")],
    ),
    (
        "DELETE FROM subject_key WHERE subject = (SELECT subject FROM entry WHERE place = (1 << 40) + 3)",
        &[("jetcrm, entry 3, receipt ", "its subject has no key")],
    ),
    (
        "UPDATE subject_key SET wrapped = zeroblob(72) WHERE subject = (SELECT subject FROM entry WHERE place = (1 << 40) + 3)",
        &[("jetcrm, entry 3, receipt ", "the wrapped key of its subject does not open")],
    ),
    (
        "DELETE FROM meta",
        &[("store: ", "no check value of the vault's key")],
    ),
    (
        "UPDATE meta SET value = zeroblob(32)",
        &[
            ("store: ", "vault.key is not the key"),
            ("store: ", "the periods of its vault keys"),
        ],
    ),
];
