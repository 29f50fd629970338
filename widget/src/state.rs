//! The widget's mind: what is shown, and what follows from what a person does. Pure: the browser is in [`crate::app`].

use std::rc::Rc;

use raspiska_shared::lang::Lang;

use crate::{
    bundle::{Bundle, Category},
    code::ByCode,
    consents::Mail,
    document::Document,
    form::Draft,
    json::Json,
    texts::{Texts, digits},
};

/// What is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// No dialog.
    Closed,
    Preferences,
    Policy,
    Consents,
    /// The form with this name, in the page and not in a dialog.
    Form(String),
}

/// Something from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Load<T> {
    Loading,
    Failed,
    Ready(Rc<T>),
}

/// Everything that a surface of the widget knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) lang: Lang,
    pub(crate) view: View,
    pub(crate) bundle: Load<Bundle>,
    pub(crate) mail: Rc<Mail>,
    /// Services, and categories without services, that are switched on in the preferences.
    pub(crate) on: Vec<String>,
    pub(crate) draft: Draft,
    pub(crate) document: Load<Document>,
    /// The language in which the policy is read.
    pub(crate) document_lang: Lang,
    pub(crate) query: String,
    /// The purpose whose withdrawal waits for a yes.
    pub(crate) asked: String,
    pub(crate) by_code: ByCode,
    /// The last thing that happened, for everyone who does not see it.
    pub(crate) status: String,
    /// A selector of what gets the focus after the next drawing.
    pub(crate) focus: String,
}

/// A place where something is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Code,
    Field(usize),
    Hash,
    Query,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A view is wanted.
    Open(View),
    /// The person closes the dialog.
    Close,
    /// The dialog is closed.
    Closed,
    /// Loading failed and is to be tried again.
    Retry,
    Loaded(Option<Rc<Bundle>>),
    Mail(Rc<Mail>),
    /// A switch of the preferences, by purpose.
    Switch(String),
    GiveAll,
    RefuseAll,
    Save,
    Type(Slot, String),
    /// A box of the form.
    Tick(usize),
    Submit,
    /// The items that the form became.
    Sent(Vec<String>),
    /// The form is to be filled in again.
    Again,
    DocumentLoaded(Option<Rc<Document>>),
    Document(Lang),
    GoTo(usize),
    Ask(String),
    Withdraw,
    Download(String),
    Copy(String),
    Copied(bool),
    /// The text of a file that is said to be a receipt.
    File(String),
    SendCode,
    CodeAnswered(Result<u64, String>),
}

/// What the browser has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Load,
    LoadDocument(Lang),
    /// A decision about cookies: how, and yes or no by purpose as JSON.
    Decide(&'static str, String),
    Submit,
    /// A withdrawal of a purpose that no cookie category stands for.
    Withdraw(String),
    WithdrawByCode(String, String),
    Download(String),
    Copy(String),
    Close,
    /// Tell the loader.
    Closed,
}

impl State {
    /// A surface that shows nothing yet.
    pub(crate) fn new(lang: Lang, mail: Rc<Mail>) -> Self {
        Self {
            lang,
            view: View::Closed,
            bundle: Load::Loading,
            mail,
            on: Vec::new(),
            draft: Draft::default(),
            document: Load::Loading,
            document_lang: lang,
            query: String::new(),
            asked: String::new(),
            by_code: ByCode::default(),
            status: String::new(),
            focus: String::new(),
        }
    }

    /// The bundle, if it is here.
    pub(crate) fn site(&self) -> Option<&Rc<Bundle>> {
        match &self.bundle {
            Load::Ready(bundle) => Some(bundle),
            _ => None,
        }
    }

    /// Is the category switched on, or any of its services?
    pub(crate) fn is_on(&self, category: Category<'_>) -> bool {
        category
            .members()
            .iter()
            .any(|purpose| self.on.contains(purpose))
    }

    /// Takes what happened; answers with what has to be done.
    pub(crate) fn reduce(&mut self, action: Action) -> Option<Effect> {
        match action {
            Action::Open(view) => return self.open(view),
            Action::Close => {
                // At once: the browser tells of it in a later task, and a drawing in between would open the dialog again.
                self.view = View::Closed;
                return Some(Effect::Close);
            }
            Action::Closed => {
                self.view = View::Closed;
                self.status.clear();
                self.by_code = ByCode::default();
                return Some(Effect::Closed);
            }
            Action::Retry => {
                self.document = Load::Loading;
                return self.load();
            }
            Action::Loaded(bundle) => {
                self.bundle = bundle.map_or(Load::Failed, Load::Ready);
                self.begin();
                if self.view == View::Policy {
                    return self.load();
                }
            }
            Action::Mail(mail) => self.mail = mail,
            Action::Switch(purpose) => self.switch(purpose),
            Action::GiveAll => return self.decide("give-all", Some(true)),
            Action::RefuseAll => return self.decide("refuse-all", Some(false)),
            Action::Save => return self.decide("choices", None),
            Action::Type(slot, text) => self.type_into(slot, text),
            Action::Tick(at) => {
                if let Some(tick) = self.draft.ticks.get_mut(at) {
                    *tick = !*tick;
                }
            }
            Action::Submit => return self.submit(),
            Action::Sent(ids) => {
                self.draft.sent = ids;
                self.focus = String::from("#outcome");
            }
            Action::Again => {
                self.draft = Draft::default();
                self.begin();
                self.focus = String::from("input");
            }
            Action::DocumentLoaded(document) => {
                self.document = document.map_or(Load::Failed, Load::Ready)
            }
            Action::Document(lang) => {
                self.document_lang = lang;
                self.document = Load::Loading;
                return self.load();
            }
            Action::GoTo(section) => {
                self.query.clear();
                self.focus = ["#section-", &digits(section as u64)].concat();
            }
            Action::Ask(purpose) => {
                self.asked = purpose;
                self.status.clear();
                self.focus = String::from("#asked, h2");
            }
            Action::Withdraw => return self.withdraw(),
            Action::Download(hash) => return Some(Effect::Download(hash)),
            Action::Copy(text) => return Some(Effect::Copy(text)),
            Action::Copied(done) => {
                let texts = Texts::of(self.lang);
                self.status = String::from(if done { texts.copied } else { texts.not_copied });
            }
            Action::File(text) => self.by_code.take_file(&text),
            Action::SendCode => match self.by_code.send() {
                Ok((hash, code)) => return Some(Effect::WithdrawByCode(hash, code)),
                Err(control) => self.focus = String::from(control),
            },
            Action::CodeAnswered(outcome) => {
                self.by_code.busy = false;
                self.by_code.outcome = Some(outcome);
            }
        }
        None
    }

    fn open(&mut self, view: View) -> Option<Effect> {
        if !matches!(view, View::Form(_)) {
            self.focus = String::from("h2");
        }
        self.view = view;
        self.status.clear();
        self.asked.clear();
        self.begin();
        self.load()
    }

    /// What the view still needs from the server.
    fn load(&mut self) -> Option<Effect> {
        if self.site().is_none() {
            self.bundle = Load::Loading;
            return Some(Effect::Load);
        }
        let unread = !matches!(self.document, Load::Ready(_));
        (self.view == View::Policy && unread).then_some(Effect::LoadDocument(self.document_lang))
    }

    /// Brings what a view starts from in line with what is known.
    fn begin(&mut self) {
        let Some(site) = self.site().cloned() else {
            return;
        };
        if self.view == View::Preferences {
            self.on.clear();
            for category in site.categories() {
                for purpose in category.members() {
                    if category.optional() && self.mail.allows(&purpose) {
                        self.on.push(purpose);
                    }
                }
            }
        }
        if let View::Form(name) = &self.view
            && self.draft.ticks.is_empty()
            && let Some(form) = site.form(name)
        {
            self.draft = Draft::new(form);
        }
    }

    /// A category takes all its services with it; a service stands for itself.
    fn switch(&mut self, purpose: String) {
        let category = self.site().and_then(|site| site.category(&purpose));
        let touched = category.map_or_else(|| vec![purpose.clone()], Category::members);
        let before = self.on.len();
        self.on.retain(|purpose| !touched.contains(purpose));
        if self.on.len() == before {
            self.on.extend(touched);
        }
    }

    /// Yes or no for each category, and for each service that differs from its category.
    fn choices(&self, all: Option<bool>) -> String {
        let mut wanted = Json::Object(Vec::new());
        for category in self.site().iter().flat_map(|site| site.categories()) {
            if !category.optional() {
                continue;
            }
            let on = all.unwrap_or_else(|| self.is_on(category));
            wanted.set(category.id(), Json::Flag(on));
            for service in category.services() {
                let purpose = service.purpose(category);
                let own = self.on.contains(&purpose);
                if all.is_none() && own != on {
                    wanted.set(&purpose, Json::Flag(own));
                }
            }
        }
        wanted.write()
    }

    fn decide(&mut self, method: &'static str, all: Option<bool>) -> Option<Effect> {
        let choices = self.choices(all);
        self.view = View::Closed;
        Some(Effect::Decide(method, choices))
    }

    fn type_into(&mut self, slot: Slot, text: String) {
        match slot {
            Slot::Code => self.by_code.code = text,
            Slot::Field(at) => {
                if let Some(value) = self.draft.values.get_mut(at) {
                    *value = text;
                }
            }
            Slot::Hash => self.by_code.hash = text,
            Slot::Query => self.query = text,
        }
    }

    fn submit(&mut self) -> Option<Effect> {
        let (Some(site), View::Form(name)) = (self.site(), &self.view) else {
            return None;
        };
        if self.draft.faults(site.form(name)?, Texts::of(self.lang)) == 0 {
            return Some(Effect::Submit);
        }
        self.draft.tried = true;
        self.focus = String::from("[aria-invalid]");
        None
    }

    fn withdraw(&mut self) -> Option<Effect> {
        let purpose = core::mem::take(&mut self.asked);
        self.status = String::from(Texts::of(self.lang).was_withdrawn);
        self.focus = String::from("h2");
        if !self.mail.allows_any(&purpose) {
            return Some(Effect::Withdraw(purpose));
        }
        // What the loader lets through, the loader takes back, cookies included.
        let mut wanted = Json::Object(Vec::new());
        wanted.set(&purpose, Json::Flag(false));
        Some(Effect::Decide("withdraw", wanted.write()))
    }
}

#[cfg(test)]
mod tests;
