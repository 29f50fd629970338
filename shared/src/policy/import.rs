//! Reads an operator's numbered plain text into a document.
