//! The text of a policy as a document: sections, numbered clauses, bullets.
