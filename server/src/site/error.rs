//! What can be wrong with a site's directory. Each error names the file and says what to do.

use std::{io, path::PathBuf};

use raspiska_shared::{policy::document::DocumentError, purpose::PurposeId, site::PatternError};

use crate::lint::Finding;

/// Why a site cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SiteError {
    /// A field of a form is bound to a notice that its form does not offer.
    #[error(
        "site.toml: form {form:?}: field {field:?} is also_for {notice:?}; name one of the form's optional notices"
    )]
    AlsoFor {
        /// The form.
        form: String,
        /// The field.
        field: String,
        /// The notice.
        notice: String,
    },
    /// A purpose of another category of people than the form or the banner speaks to.
    #[error(
        "site.toml: {place}: notice {notice:?} asks about {purpose}, which is for other people; each form and each notice is for one category of subjects"
    )]
    Category {
        /// Where.
        place: String,
        /// The notice.
        notice: String,
        /// The purpose.
        purpose: PurposeId,
    },
    /// A purpose refers to a clause that the text does not have.
    #[error("{}: purpose {purpose} rests on clause {clause:?}, which the text does not have; write section.clause, e.g. 5.10", .path.display())]
    Clause {
        /// The policy's data.
        path: PathBuf,
        /// The purpose.
        purpose: PurposeId,
        /// The clause.
        clause: String,
    },
    /// A day to come on which the documents would not fit together.
    #[error(
        "from {day} on: {source}; new editions and notices come into force without a restart, so they have to fit now"
    )]
    Coming {
        /// The first day.
        day: String,
        /// What would be wrong.
        source: Box<Self>,
    },
    /// An optional cookie category without its notice.
    #[error(
        "site.toml: cookie category {category:?} has no notice, or one that does not ask about {category:?}; give it one (only the category \"necessary\" is always on)"
    )]
    CookieNotice {
        /// The category.
        category: String,
    },
    /// Not a calendar day.
    #[error("{}: {what} is {value:?}; write a calendar day as YYYY-MM-DD", .path.display())]
    Date {
        /// The file.
        path: PathBuf,
        /// Which date.
        what: String,
        /// What is there.
        value: String,
    },
    /// Something is there twice.
    #[error("{}: {what} {id:?} is there twice; keep one", .path.display())]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// What.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The edition's folder, name and effective date are not the same day.
    #[error("{}: the folder, edition ({edition:?}) and effective ({effective:?}) have to be one and the same day", .path.display())]
    Edition {
        /// The policy's data.
        path: PathBuf,
        /// The edition's name.
        edition: String,
        /// Its effective date.
        effective: String,
    },
    /// A field that nobody could fill in, or whose value no receipt could carry.
    #[error("site.toml: form {form:?}: field {field:?}: {fault}")]
    Field {
        /// The form.
        form: String,
        /// The field.
        field: String,
        /// What is wrong and what to do.
        fault: &'static str,
    },
    /// A form asks what it must not, or so that the consent is none.
    #[error(
        "site.toml: {0}; nothing is asked of people until it is corrected: `raspiska policy check` has all that is found"
    )]
    Form(Box<Finding>),
    /// A form refers to a notice that is not there.
    #[error(
        "site.toml: form {form:?} names the notice {notice:?}, which has no [[notice]] in force; add it or correct the name"
    )]
    FormNotice {
        /// The form.
        form: String,
        /// The notice.
        notice: String,
    },
    /// An id that cannot stand in a path or a file name.
    #[error("{}: {what} {id:?}: write 1 to 64 characters of a-z, 0-9, _ and -, beginning with a letter", .path.display())]
    Id {
        /// The file.
        path: PathBuf,
        /// What.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Two versions of a notice are in force on one day.
    #[error(
        "site.toml: notice {id:?}: the version since {since} overlaps another; end the older one with until, its text goes to notices/{id}.<lang>.<since>.md"
    )]
    NoticeOverlap {
        /// The notice.
        id: String,
        /// The later version's first day.
        since: String,
    },
    /// No language at all.
    #[error("site.toml: languages is empty; name at least one, the governing one first")]
    NoLanguage,
    /// No edition of the policy is in force.
    #[error("{}: no edition is in force on {day}; add a folder that is named for its effective date, with policy.toml and the texts", .path.display())]
    NoEdition {
        /// The folder of editions.
        path: PathBuf,
        /// Today.
        day: String,
    },
    /// An address of a service that nothing could be compared with.
    #[error("site.toml: service {category}/{service}: {source}")]
    Pattern {
        /// The category.
        category: String,
        /// The service.
        service: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// The edition's text is not in the canonical form.
    #[error("{}: {source}", .path.display())]
    PolicyText {
        /// The text.
        path: PathBuf,
        /// What is wrong with it.
        source: DocumentError,
    },
    /// A purpose that is not asked for by consent.
    #[error(
        "site.toml: notice {notice:?} asks about {purpose}, whose ground is not consent; take it out, nobody may be asked for a consent that is not needed"
    )]
    NotConsent {
        /// The notice.
        notice: String,
        /// The purpose.
        purpose: PurposeId,
    },
    /// A number or a name that cannot be.
    #[error("site.toml: {what} is {value:?}; {wanted}")]
    Value {
        /// The member.
        what: &'static str,
        /// What is there.
        value: String,
        /// What to write.
        wanted: &'static str,
    },
    /// A notice whose decisions no receipt could carry.
    #[error(
        "site.toml: notice {notice:?} asks about {count} purposes; a receipt decides about 1 to 64, so write as many"
    )]
    NoticePurposes {
        /// The notice.
        notice: String,
        /// How many it asks about.
        count: usize,
    },
    /// A text that is not in the form of a notice.
    #[error("{}: not in the form of a notice; begin with one line \"# Title\", then paragraphs, \"## Heading\" and \"- bullet\" lines without markup", .path.display())]
    NoticeForm {
        /// The text.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{}: {source}; a site's directory has site.toml, policy/<date>/policy.toml with the texts, and notices/", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A service that cannot be as it is described.
    #[error("site.toml: service {category}/{service}: {fault}")]
    Service {
        /// The category.
        category: String,
        /// The service.
        service: String,
        /// What is wrong and what to do.
        fault: &'static str,
    },
    /// A text in one of the site's languages is missing.
    #[error("{}: this file is missing; write it, or take its language out of languages in site.toml", .path.display())]
    TextMissing {
        /// The file.
        path: PathBuf,
    },
    /// Not TOML, or not what belongs into this file.
    #[error("{}: {message}", .path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and what.
        message: String,
    },
    /// A notice asks for something that the policy does not know.
    #[error(
        "site.toml: notice {notice:?} asks about {purpose}, which the policy in force does not have; add it to policy.toml or correct the id"
    )]
    UnknownPurpose {
        /// The notice.
        notice: String,
        /// The purpose.
        purpose: PurposeId,
    },
    /// A translation leads nowhere.
    #[error(
        "site.toml: gate.names: {name:?} stands for {purpose:?}, which the site does not ask about; name a category of cookies, or category/service"
    )]
    UnknownName {
        /// Another manager's name.
        name: String,
        /// What it stands for.
        purpose: String,
    },
    /// The catalogue has no such service.
    #[error(
        "site.toml: cookie category {category:?} has use = {service:?}, which the catalogue does not have; `raspiska services` lists what it has, or write the service out"
    )]
    UnknownService {
        /// The category.
        category: String,
        /// What it names.
        service: String,
    },
    /// A short text is not there in one of the site's languages.
    #[error("{}: {what} has no text in {lang:?}; write one for each of the site's languages", .path.display())]
    Untranslated {
        /// The file.
        path: PathBuf,
        /// Which text.
        what: String,
        /// The language.
        lang: &'static str,
    },
}
