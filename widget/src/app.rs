//! The one Yew component: a surface of the widget, the dialog or a form, with its state. It runs what the state asks for; what
//! is drawn is in [`crate::components`].

use std::{cell::RefCell, rc::Rc};

use web_sys::Element;
use yew::{AppHandle, Component, Context, Html, Properties, Renderer};

use crate::{
    bundle::Bundle,
    calendar::Moment,
    components, deliver, dom, host, key,
    outbox::Occasion,
    state::{Action, Effect, State, View},
};

/// Where a surface is drawn and what it shows first.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Surface {
    root: Element,
    view: View,
}

/// A surface.
pub(crate) struct App {
    state: State,
}

thread_local! {
    static PANEL: RefCell<Option<AppHandle<App>>> = const { RefCell::new(None) };
}

/// Opens the dialog; its element is made when it is first wanted.
pub(crate) fn open(view: View) {
    let there = PANEL.with_borrow(|panel| panel.as_ref().map(|panel| (**panel).clone()));
    if let Some(panel) = there {
        deliver::tell();
        panel.send_message(Action::Open(view));
        return;
    }
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let (Some(body), Ok(element)) = (document.body(), document.create_element("div")) else {
        return;
    };
    element.set_id("raspiska-panel");
    if body.append_child(&element).is_ok()
        && let Some(panel) = mount(&element, view)
    {
        PANEL.set(Some(panel));
    }
}

/// Draws a form.
pub(crate) fn mount_form(element: &Element, name: String) {
    mount(element, View::Form(name));
}

fn mount(element: &Element, view: View) -> Option<AppHandle<App>> {
    let root = dom::shadow(element, host::lang().tag())?;
    Some(Renderer::<App>::with_root_and_props(root.clone(), Surface { root, view }).render())
}

impl Component for App {
    type Message = Action;
    type Properties = Surface;

    fn create(ctx: &Context<Self>) -> Self {
        deliver::watch(ctx.link().callback(Action::Mail));
        ctx.link()
            .send_message(Action::Open(ctx.props().view.clone()));
        Self {
            state: State::new(host::lang(), Rc::new(deliver::mail())),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        if let Some(effect) = self.state.reduce(action) {
            self.run(ctx, effect);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        components::surface(&self.state, &ctx.link().callback(|action| action))
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        let root = &ctx.props().root;
        if self.state.view != View::Closed
            && let Some(dialog) = dom::find(root, "dialog")
        {
            dom::show_modal(&dialog);
        }
        let focus = core::mem::take(&mut self.state.focus);
        if !focus.is_empty()
            && let Some(element) = dom::find(root, &focus)
        {
            dom::focus(&element);
        }
    }
}

impl App {
    fn run(&self, ctx: &Context<Self>, effect: Effect) {
        match effect {
            Effect::Decide(method, wanted) => {
                host::decide(method, &wanted);
                deliver::tell();
                // A withdrawal is made in "my consents", and there its receipt appears; the preferences are done.
                if self.state.view == View::Closed {
                    self.run(ctx, Effect::Close);
                }
            }
            Effect::Submit => self.submit(ctx),
            Effect::Withdraw(purpose) => self.occasion(|site, occasion| {
                let item = deliver::mail().withdrawal(&purpose, site, occasion, &key::random_id());
                deliver::post(item.into_iter().collect());
            }),
            Effect::Download(hash) => self.download(ctx, &hash),
            Effect::Close => {
                if let Some(dialog) = dom::find(&ctx.props().root, "dialog") {
                    dom::close(&dialog);
                }
            }
            Effect::Closed => host::closed(),
            asks => dom::later(ctx.link().callback(|action| action), answer(asks)),
        }
    }

    fn submit(&self, ctx: &Context<Self>) {
        self.occasion(|site, occasion| {
            if let View::Form(name) = &self.state.view
                && let Some(form) = site.form(name)
            {
                let items = self
                    .state
                    .draft
                    .items(form, site, occasion, &mut key::random_id);
                let ids = items
                    .iter()
                    .map(|item| String::from(item.text("id")))
                    .collect();
                ctx.link().send_message(Action::Sent(ids));
                deliver::post(items);
            }
        });
    }

    /// Here and now.
    fn occasion(&self, act: impl FnOnce(&Bundle, &Occasion<'_>)) {
        if let Some(site) = self.state.site() {
            let at = dom::now() / 1000;
            let occasion = Occasion {
                lang: self.state.lang,
                at,
                day: &deliver::operators_day(at),
                page: &dom::page(),
            };
            act(site, &occasion);
        }
    }

    fn download(&self, ctx: &Context<Self>, hash: &str) {
        let mail = &self.state.mail;
        let site = host::site();
        if let Some(kept) = mail.receipts.iter().find(|kept| kept.text("hash") == hash) {
            let day = Moment::new(kept.number("time") / 1000, mail.ahead).iso();
            let name = [
                "raspiska-",
                &site,
                "-",
                kept.notice("id"),
                "-",
                &day,
                ".receipt.json",
            ]
            .concat();
            // A browser that saves nothing says so itself.
            let _ = dom::download(&ctx.props().root, &name, &kept.file(&site));
        }
    }
}

/// What comes of an effect that takes its time.
async fn answer(effect: Effect) -> Action {
    match effect {
        Effect::LoadDocument(lang) => Action::DocumentLoaded(deliver::document(lang).await),
        Effect::WithdrawByCode(hash, code) => {
            Action::CodeAnswered(deliver::withdraw(&hash, &code).await)
        }
        Effect::Copy(text) => Action::Copied(dom::copy(&text).await),
        _ => Action::Loaded(deliver::bundle().await),
    }
}
