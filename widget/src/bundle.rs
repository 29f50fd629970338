//! The site bundle as the widget shows it. `raspiska_shared::site` has the whole model; its readers would weigh as much as
//! all components together, so the members that are drawn or signed are read where they lie.

use raspiska_shared::{lang::Lang, period::Period};

use crate::json::Json;

/// One site, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bundle(Json);

/// Gives a part of the bundle a type and names for its texts.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($text:ident),* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name<'a>(&'a Json);

        impl<'a> $name<'a> {
            $(pub(crate) fn $text(self) -> &'a str {
                self.0.get(stringify!($text)).text()
            })*
        }
    };
}

part!(/// A purpose that a person decides about.
    Purpose { id, title });
part!(/// A consent document in one language.
    Notice { id, lang, sha256, since, until, text });
part!(/// A form.
    Form { category, title, lead, submit, done, notice });
part!(/// A field of a form.
    Field { id, kind, label, hint });
part!(/// A category of cookies; without a notice it is always on.
    Category { id, notice, title, about });
part!(/// A service of a category.
    Service { id, name, provider });
part!(/// Something stored in the browser.
    Cookie { name, about, term });

impl Bundle {
    /// Reads the answer of `GET /v1/sites/{site}`; nothing if it is no bundle.
    pub(crate) fn read(text: &str, lang: Lang) -> Option<Self> {
        let mut json = Json::parse(text)?;
        localise(&mut json, lang.tag());
        let bundle = Self(json);
        (!bundle.audience().is_empty() && !bundle.policy_sha256().is_empty()).then_some(bundle)
    }

    /// The site's audience in receipts.
    pub(crate) fn audience(&self) -> &str {
        self.0.get("audience").text()
    }

    /// Where people write to.
    pub(crate) fn email(&self) -> &str {
        self.0.get("controller").get("email").text()
    }

    /// The log's verifier key.
    pub(crate) fn vkey(&self) -> &str {
        self.0.get("log").get("vkey").text()
    }

    /// The edition of the policy in force.
    pub(crate) fn edition(&self) -> &str {
        self.0.get("edition").text()
    }

    /// Its digest.
    pub(crate) fn policy_sha256(&self) -> &str {
        self.edition_sha256(self.edition())
    }

    /// The digest of an edition of the policy.
    pub(crate) fn edition_sha256(&self, edition: &str) -> &str {
        find(self.0.get("editions"), "edition", edition)
            .map_or("", |edition| edition.get("sha256").text())
    }

    /// A language of the site's documents other than this one.
    pub(crate) fn other_language(&self, lang: Lang) -> Option<Lang> {
        let languages = self.0.get("languages").list();
        languages
            .iter()
            .filter_map(|own| Lang::from_tag(own.text()))
            .find(|own| *own != lang)
    }

    /// The purposes.
    pub(crate) fn purposes(&self) -> impl Iterator<Item = Purpose<'_>> {
        self.0.get("purposes").list().iter().map(Purpose)
    }

    /// A purpose.
    pub(crate) fn purpose(&self, id: &str) -> Option<Purpose<'_>> {
        find(self.0.get("purposes"), "id", id).map(Purpose)
    }

    /// The notice with this id that is in force on `day`, in `lang` if there is one.
    pub(crate) fn notice(&self, id: &str, lang: Lang, day: &str) -> Option<Notice<'_>> {
        let mut found = None;
        for notice in self.0.get("notices").list().iter().map(Notice) {
            let in_force =
                notice.since() <= day && (notice.until().is_empty() || day < notice.until());
            if notice.id() == id && in_force && (found.is_none() || notice.lang() == lang.tag()) {
                found = Some(notice);
            }
        }
        found
    }

    /// The notice with these exact bytes.
    pub(crate) fn notice_by_digest(&self, sha256: &str) -> Option<Notice<'_>> {
        find(self.0.get("notices"), "sha256", sha256).map(Notice)
    }

    /// The digest that begins like this, of a text of this notice.
    pub(crate) fn digest_from(&self, id: &str, lang: &str, beginning: &str) -> &str {
        let mut notices = self.0.get("notices").list().iter().map(Notice);
        let same = |notice: &Notice<'_>| {
            notice.id() == id && notice.lang() == lang && notice.sha256().starts_with(beginning)
        };
        notices
            .find(|notice| same(notice))
            .map_or("", Notice::sha256)
    }

    /// A form.
    pub(crate) fn form(&self, name: &str) -> Option<Form<'_>> {
        find(self.0.get("forms"), "name", name).map(Form)
    }

    /// The form that asks for a notice.
    pub(crate) fn form_asking(&self, notice: &str) -> Option<Form<'_>> {
        let mut forms = self.0.get("forms").list().iter().map(Form);
        forms.find(|form| form.notices().any(|own| own == notice))
    }

    /// What a field of any form is called.
    pub(crate) fn label<'a>(&'a self, field: &'a str) -> &'a str {
        let forms = self.0.get("forms").list().iter();
        let mut found = forms.filter_map(|form| find(form.get("fields"), "id", field));
        found.next().map_or(field, |field| Field(field).label())
    }

    /// The categories of cookies, in the order in which they are shown.
    pub(crate) fn categories(&self) -> impl Iterator<Item = Category<'_>> {
        self.0.get("cookies").list().iter().map(Category)
    }

    /// A category of cookies.
    pub(crate) fn category(&self, id: &str) -> Option<Category<'_>> {
        find(self.0.get("cookies"), "id", id).map(Category)
    }
}

impl Purpose<'_> {
    /// From the end of the ground to the destruction of the data.
    pub(crate) fn destroy_within(self) -> Period {
        let period = self.0.get("retention").get("destroy_within").text().parse();
        period.unwrap_or(Period::Days(30))
    }
}

impl<'a> Notice<'a> {
    /// What it asks consent for.
    pub(crate) fn purposes(self) -> impl Iterator<Item = &'a str> {
        self.0
            .get("purposes")
            .list()
            .iter()
            .map(|purpose| purpose.get("id").text())
    }

    /// Its first paragraph: the sentence that says yes.
    pub(crate) fn sentence(self) -> &'a str {
        let mut lines = self.text().lines();
        lines
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .unwrap_or_default()
    }
}

impl<'a> Form<'a> {
    /// What is asked, in order.
    pub(crate) fn fields(self) -> impl Iterator<Item = Field<'a>> {
        self.0.get("fields").list().iter().map(Field)
    }

    /// Its notices: first the one without which it is not sent, then those that may be refused.
    pub(crate) fn notices(self) -> impl Iterator<Item = &'a str> {
        let optional = self.0.get("optional").list().iter();
        core::iter::once(self.notice()).chain(optional.map(Json::text))
    }
}

impl<'a> Field<'a> {
    /// Has it to be filled in?
    pub(crate) fn required(self) -> bool {
        self.0.get("required").flag()
    }

    /// Longest value, in characters.
    pub(crate) fn max(self) -> usize {
        self.0.get("max").number() as usize
    }

    /// What can be chosen.
    pub(crate) fn options(self) -> impl Iterator<Item = &'a str> {
        self.0.get("options").list().iter().map(Json::text)
    }

    /// Does a representative sign, if this was chosen?
    pub(crate) fn represents(self, chosen: &str) -> bool {
        let options = self.0.get("age").get("represented").list();
        options.iter().any(|own| own.text() == chosen)
    }

    /// Is it about the representative who signs?
    pub(crate) fn of_representative(self) -> bool {
        self.0.get("of_representative").flag()
    }

    /// Does an optional notice also cover it?
    pub(crate) fn is_also_for(self, notice: &str) -> bool {
        self.0
            .get("also_for")
            .list()
            .iter()
            .any(|own| own.text() == notice)
    }
}

impl<'a> Category<'a> {
    /// Has a person a choice?
    pub(crate) fn optional(self) -> bool {
        !self.notice().is_empty()
    }

    /// Who sets the cookies.
    pub(crate) fn services(self) -> impl Iterator<Item = Service<'a>> {
        self.0.get("services").list().iter().map(Service)
    }

    /// The purposes that its switch moves: its services, or itself if it has none.
    pub(crate) fn members(self) -> Vec<String> {
        let mut members = Vec::new();
        for service in self.services() {
            members.push(service.purpose(self));
        }
        if members.is_empty() {
            members.push(String::from(self.id()));
        }
        members
    }
}

impl<'a> Service<'a> {
    /// Its own purpose: `analytics/counter`.
    pub(crate) fn purpose(self, category: Category<'_>) -> String {
        [category.id(), "/", self.id()].concat()
    }

    /// What it stores.
    pub(crate) fn cookies(self) -> impl Iterator<Item = Cookie<'a>> {
        self.0.get("cookies").list().iter().map(Cookie)
    }
}

fn find<'a>(list: &'a Json, member: &str, value: &str) -> Option<&'a Json> {
    list.list()
        .iter()
        .find(|own| own.get(member).text() == value)
}

/// Puts the text in `tag`, else in the governing language, else in any, in the place of a text in several languages.
fn localise(json: &mut Json, tag: &str) {
    match json {
        Json::List(list) => list.iter_mut().for_each(|value| localise(value, tag)),
        Json::Object(members) => {
            if members
                .first()
                .is_none_or(|(name, _)| Lang::from_tag(name).is_none())
            {
                members
                    .iter_mut()
                    .for_each(|(_, value)| localise(value, tag));
                return;
            }
            let at = |wanted: &str| members.iter().position(|(name, _)| name == wanted);
            let at = at(tag).or_else(|| at(Lang::default().tag())).unwrap_or(0);
            *json = core::mem::replace(&mut members[at].1, Json::Null);
        }
        _ => {}
    }
}

#[cfg(test)]
pub(crate) mod tests;
