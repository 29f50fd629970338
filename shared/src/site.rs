//! The site bundle: everything about one site that a browser and a verifier need, as `GET /v1/sites/{site}` gives it.

mod pattern;
mod service;

pub use pattern::{Pattern, PatternError};
pub use service::{Cookie, Place, Service, Step, StepError};

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    lang::{Lang, Localized},
    notice::Notice,
    party::Controller,
    policy::EditionRef,
    purpose::{Purpose, SubjectCategory},
};

/// One site with its documents in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its id in paths: `jetcrm`.
    pub site: String,
    /// Its audience in receipts: `jetcrm.ru`.
    pub audience: String,
    /// Languages of its documents, the governing one first.
    pub languages: Vec<Lang>,
    /// Who is responsible.
    pub controller: Controller,
    /// The log that its receipts go to.
    pub log: LogRef,
    /// The edition in force.
    pub edition: String,
    /// All editions, oldest first.
    pub editions: Vec<EditionRef>,
    /// The matrix of purposes of the edition in force.
    pub purposes: Vec<Purpose>,
    /// The consent documents, those in force and those that were.
    pub notices: Vec<Notice>,
    /// The forms that collect data.
    pub forms: Vec<Form>,
    /// The categories of cookies.
    pub cookies: Vec<CookieCategory>,
}

impl Site {
    /// The notice with this id and language that is in force on `day` (`YYYY-MM-DD`).
    #[must_use]
    pub fn notice(&self, id: &str, lang: Lang, day: &str) -> Option<&Notice> {
        self.notices.iter().find(|notice| {
            notice.id == id
                && notice.lang == lang
                && notice.since.as_str() <= day
                && notice.until.as_deref().is_none_or(|until| day < until)
        })
    }

    /// The notice with these exact bytes.
    #[must_use]
    pub fn notice_by_digest(&self, sha256: &Digest) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.sha256 == *sha256)
    }

    /// Where the text of an edition is, for ever: signed members alone decide it, so that no byte of a receipt file is loose.
    #[must_use]
    pub fn policy_url(audience: &str, site: &str, edition: &str) -> String {
        alloc::format!("https://{audience}/policy/{site}/{edition}")
    }
}

/// A log by name and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRef {
    /// `<log host>/<site>`.
    pub origin: String,
    /// The verifier key, C2SP signed-note.
    pub vkey: String,
}

/// A form that collects personal data, with the consents that it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its name in `<raspiska-form name="…">`.
    pub name: String,
    /// Whose data it collects; 152-ФЗ wants each form bound to one category.
    pub category: SubjectCategory,
    /// Its heading.
    pub title: Localized,
    /// One sentence under the heading.
    #[serde(default)]
    pub lead: Localized,
    /// The label of the button that sends it.
    pub submit: Localized,
    /// What is said when it was sent.
    pub done: Localized,
    /// The notice without which it is not sent.
    pub notice: String,
    /// Notices that may be given or refused freely.
    #[serde(default)]
    pub optional: Vec<String>,
    /// What is asked, in order.
    pub fields: Vec<Field>,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its id; the name of its disclosure in the receipt.
    pub id: String,
    /// What is typed.
    pub kind: FieldKind,
    /// What it is called on the screen.
    pub label: Localized,
    /// A sentence of help.
    #[serde(default)]
    pub hint: Localized,
    /// May it be left empty?
    #[serde(default)]
    pub required: bool,
    /// Longest value, in characters.
    pub max: u16,
    /// For [`FieldKind::Choice`]: what can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Localized>,
    /// Optional notices whose receipts also commit to this field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_for: Vec<String>,
    /// For a [`FieldKind::Choice`] that asks how old somebody is: who signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeRule>,
    /// For a [`FieldKind::File`]: what it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRule>,
    /// Is it about the representative who signs? It is asked, and has to be filled in if it is required, only where one does.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub of_representative: bool,
}

/// Who signs for people of which age (152-ФЗ, art. 9(6)). The law has no bright line, so the bands are the operator's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeRule {
    /// The options for which a representative signs; for the others the person does.
    pub represented: Vec<Localized>,
    /// What it rests on, and how sure that is.
    pub norm: String,
}

impl AgeRule {
    /// Does a representative sign, if this was chosen?
    #[must_use]
    pub fn represents(&self, chosen: &str) -> bool {
        self.represented.iter().any(|option| option.says(chosen))
    }
}

/// Which files a field takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// Of which types.
    pub types: Vec<FileType>,
    /// Most bytes.
    pub max_bytes: u64,
}

impl FileRule {
    /// The type that a file with this at the end of its name has to have; none: such a one is not taken.
    #[must_use]
    pub fn named(&self, extension: &str) -> Option<FileType> {
        let mut types = self.types.iter().copied();
        types.find(|own| own.extension().eq_ignore_ascii_case(extension))
    }
}

/// A type of files with text in them. Pictures are none: a photograph is biometric data as soon as somebody compares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// Office Open XML, a text without macros.
    Docx,
    /// OpenDocument, a text.
    Odt,
    /// Portable Document Format.
    Pdf,
    /// Rich Text Format.
    Rtf,
    /// Plain text.
    Txt,
}

impl FileType {
    /// The end of its names.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Pdf => "pdf",
            Self::Rtf => "rtf",
            Self::Txt => "txt",
        }
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// One of the options.
    Choice,
    /// An e-mail address.
    Email,
    /// A file. Its value is the line of an [`crate::attachment::Attachment`]; the bytes follow once the receipt is logged.
    File,
    /// Several lines.
    Long,
    /// A telephone number.
    Phone,
    /// One line.
    Text,
    /// A web address.
    Url,
}

/// A category of cookies that a visitor decides about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieCategory {
    /// Its id, which is also the id of its purpose.
    pub id: String,
    /// Its notice; none: always on, because the site does not work without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// Its name.
    pub title: Localized,
    /// One sentence for a person who decides.
    pub about: Localized,
    /// Who sets them.
    #[serde(default)]
    pub services: Vec<Service>,
}
