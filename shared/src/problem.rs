//! The one table of errors that leave the server: kind, HTTP status, title. Vectors and verifiers name failures by the same kinds.

use alloc::string::String;

/// Prefix of a problem's `type`, RFC 9457 section 3.1.1.
pub const URN_PREFIX: &str = "urn:raspiska:problem:";

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong, whoever noticed it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The last part of the URN; also the word of vectors and metrics.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// A few words for a human.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

kinds! {
    // The receipt itself, in the order in which a verifier looks.
    /// Over the limit of 32 KiB.
    TooLarge = "too-large", 413, "The receipt or request is too large";
    /// Not of the form `header.payload.signature~[disclosure~]*`.
    Form = "form", 400, "Not a compact SD-JWT";
    /// The header is not the one that a receipt has.
    Header = "header", 400, "The receipt's header is wrong";
    /// The signature does not verify.
    Signature = "signature", 422, "The signature does not verify";
    /// A member of the payload is missing or malformed.
    Payload = "payload", 400, "The receipt's payload is wrong";
    /// `sub` is not the key's thumbprint.
    Subject = "subject", 422, "The subject is not the key that signed";
    /// A disclosure is malformed, unreferenced, referenced twice, or left over.
    Disclosure = "disclosure", 422, "A disclosure does not belong to the receipt";
    /// Meant for another site.
    Audience = "audience", 422, "The receipt is for another site";
    /// `iat` is too far from the server's clock.
    Clock = "clock", 422, "The receipt's time is out of range";
    /// The notice is not known to this site.
    NoticeUnknown = "notice-unknown", 422, "The notice is not one of this site's";
    /// The notice was not in force at `iat`.
    NoticeNotCurrent = "notice-not-current", 409, "The notice is not the current one";
    /// The edition of the policy is not known to this site.
    PolicyUnknown = "policy-unknown", 422, "The policy is not one of this site's";
    /// The edition was not in force at `iat`.
    PolicyNotCurrent = "policy-not-current", 409, "The policy is not the current one";
    /// A purpose is unknown, not of this notice, or required and not decided.
    Purpose = "purpose", 422, "The purposes do not fit the notice";
    /// A withdrawal of something that is not given.
    Withdrawal = "withdrawal", 422, "There is nothing to withdraw";

    // The log's texts.
    /// Not a signed note.
    Note = "note", 400, "Not a signed note";
    /// Not a checkpoint.
    Checkpoint = "checkpoint", 400, "Not a checkpoint";
    /// No signature by the log's key, or one that does not verify.
    NoteSignature = "note-signature", 422, "The checkpoint is not signed by the log";
    /// Not a tlog-proof.
    Proof = "proof", 400, "Not a proof";
    /// The proof does not lead to the checkpoint's root.
    Inclusion = "inclusion", 422, "The proof does not lead to the checkpoint";
    /// The checkpoints are not consistent.
    Consistency = "consistency", 422, "The checkpoints contradict each other";
    /// The entry in the proof is not of this receipt.
    Entry = "entry", 422, "The log entry is of another receipt";

    // The receipt file.
    /// Not a receipt file.
    File = "file", 400, "Not a receipt file";
    /// The text in the file is not the one that was signed.
    NoticeText = "notice-text", 422, "The notice's text was changed";
    /// The policy in the file is not the one that was signed.
    PolicyRef = "policy-ref", 422, "The policy's reference was changed";
    /// The verifier key in the file is malformed or not the expected one.
    Vkey = "vkey", 422, "The log's key is wrong";
    /// Not a published identity.
    Identity = "identity", 400, "Not a published identity";

    // The request.
    /// The request cannot be read.
    BadRequest = "bad-request", 400, "The request cannot be read";
    /// The code does not open this receipt.
    Code = "code", 422, "The code does not fit the receipt";
    // The office.
    /// Not logged in.
    Unauthorized = "unauthorized", 401, "Log in first";
    /// Not for this role.
    Forbidden = "forbidden", 403, "Not for this role";
    /// There is nothing to destroy, or not so.
    Erasure = "erasure", 422, "This cannot be destroyed";
    /// What is stated lacks something.
    Fact = "fact", 422, "This cannot be stated";
    /// The purpose is not given any more.
    NotGiven = "not-given", 403, "The purpose is not given";
    /// The request of a data subject does not take this step.
    Case = "case", 409, "The request does not take this step";
    /// The personal data were destroyed.
    Gone = "gone", 410, "The data are not there any more";

    // A file that follows a receipt.
    /// The bytes are not those that were signed.
    FileDigest = "file-digest", 422, "This is not the file that was signed";
    /// The content is not what its name says.
    FileType = "file-type", 415, "The file is of another type";

    // The request, whatever it asks for.
    /// Nothing is here.
    NotFound = "not-found", 404, "Nothing is here";
    /// The resource exists, the method does not.
    Method = "method", 405, "This method is not allowed here";
    /// Another media type is wanted.
    MediaType = "media-type", 415, "Another media type is wanted";
    /// The request took too long.
    Timeout = "timeout", 408, "The request took too long";
    /// Too many requests from one address.
    RateLimited = "rate-limited", 429, "Too many requests";
    /// The log does not take entries, or a part is not built.
    Unavailable = "unavailable", 503, "Not available just now";
    /// Our fault.
    Internal = "internal", 500, "Something broke on our side";
}

impl Kind {
    /// The kind with this slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// The `type` of the problem.
    #[must_use]
    pub fn urn(self) -> String {
        alloc::format!("{URN_PREFIX}{}", self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_slug_names_one_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_slug(kind.slug()), Some(*kind));
        }
    }

    #[test]
    fn every_status_is_an_error() {
        for kind in Kind::ALL {
            assert!((400..600).contains(&kind.status()), "{kind:?}");
        }
    }
}
