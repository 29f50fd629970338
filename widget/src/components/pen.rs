//! A pen that writes Yew's virtual DOM element after element. Every call is one small call in the Wasm; the `html!` macro
//! unfolds each element in place, and would by itself cost a third of what the widget may weigh.

use std::{cell::Cell, rc::Rc};

use web_sys::Event;
use yew::{
    AttrValue, Callback, Html,
    virtual_dom::{AttributeOrProperty, Attributes, Key, Listener, ListenerKind, VTag, VText},
};

use crate::{
    dom,
    state::{Action, Slot},
    texts::digits,
};

/// Names of attributes, fixed where they are written, and their values. An empty one leaves its attribute out, unless that is
/// `value` itself.
pub(crate) type Attrs<'a> = (&'static [&'static str], &'a [&'a str]);

/// Attributes of an element: `attrs!("type" = "file", "accept" = kinds)`.
macro_rules! attrs {
    ($($name:literal = $value:expr),* $(,)?) => {
        (&[$($name),*], &[$($value),*])
    };
}
pub(crate) use attrs;

/// Writes into the element that is open.
pub(crate) struct Pen<'a> {
    link: &'a Callback<Action>,
    /// The outermost first; the last one is open.
    tags: Vec<VTag>,
    /// Beside each open element the names of those already in it.
    inside: Vec<Vec<&'static str>>,
}

impl<'a> Pen<'a> {
    /// What is written into a `<div>`.
    pub(crate) fn draw(link: &'a Callback<Action>, inside: impl FnOnce(&mut Self)) -> Html {
        let mut pen = Self {
            link,
            tags: vec![VTag::new("div")],
            inside: vec![Vec::new()],
        };
        inside(&mut pen);
        pen.tags.pop().map(Html::from).unwrap_or_default()
    }

    /// An element with what is written inside.
    #[inline(always)]
    pub(crate) fn el(&mut self, tag: &'static str, class: &str, inside: impl FnOnce(&mut Self)) {
        self.begin(tag, class);
        inside(self);
        self.close();
    }

    /// An element with attributes and what is written inside.
    #[inline(always)]
    pub(crate) fn with(
        &mut self,
        tag: &'static str,
        attrs: Attrs<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(tag, attrs);
        inside(self);
        self.close();
    }

    /// An element with a text and nothing else.
    pub(crate) fn say(&mut self, tag: &'static str, class: &str, text: &str) {
        self.begin(tag, class);
        self.text(text);
        self.close();
    }

    /// An element with attributes and a text.
    pub(crate) fn tell(&mut self, tag: &'static str, attrs: Attrs<'_>, text: &str) {
        self.open(tag, attrs);
        self.text(text);
        self.close();
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        self.last().add_child(Html::from(VText::new(string(text))));
    }

    /// Tells the open element from others in its place: it is made anew where the key changes.
    pub(crate) fn key(&mut self, key: &str) {
        self.last().key = Some(Key::from(key));
    }

    /// A box or switch, whether it is on, and what a press on it does.
    pub(crate) fn tick(&mut self, attrs: Attrs<'_>, on: bool, action: Action) {
        self.open("input", attrs);
        self.last().set_checked(on);
        self.press(action);
        self.close();
    }

    /// What stands in the open control, and where it goes when it is changed.
    pub(crate) fn typed(&mut self, value: &str, slot: Slot) {
        self.last().set_value(Some(string(value)));
        self.listen(Does::Type(slot));
    }

    /// What a press on the open element does.
    pub(crate) fn press(&mut self, action: Action) {
        self.listen(Does::Press(Cell::new(Some(action))));
    }

    /// What the open form does when it is sent, instead of leaving the page.
    pub(crate) fn submit(&mut self) {
        self.listen(Does::Submit);
    }

    /// Says that the open dialog was closed.
    pub(crate) fn closed(&mut self) {
        self.listen(Does::Close);
    }

    /// Takes the text of a file that is chosen in the open control.
    pub(crate) fn take_file(&mut self) {
        self.listen(Does::TakeFile);
    }

    /// A button.
    pub(crate) fn button(&mut self, class: &str, label: &str, action: Action) {
        self.open("button", attrs!("type" = "button", "class" = class));
        self.press(action);
        self.text(label);
        self.close();
    }

    /// A link to another page, which cannot reach this one: `_blank` says so by itself.
    pub(crate) fn link(&mut self, label: &str, href: &str) {
        self.tell("a", attrs!("href" = href, "target" = "_blank"), label);
    }

    /// Begins an element that cannot be written in one go; [`Self::close`] ends it.
    pub(crate) fn open(&mut self, name: &'static str, (keys, values): Attrs<'_>) {
        let mut tag = VTag::new(name);
        let mut own = Vec::with_capacity(values.len());
        for (key, value) in keys.iter().zip(values) {
            let there = !value.is_empty() || *key == "value";
            own.push(there.then(|| AttributeOrProperty::Attribute(string(value))));
        }
        tag.attributes = Attributes::Dynamic {
            keys,
            values: own.into_boxed_slice(),
        };
        // The third `p` stays the third `p` when something else comes before it: what is focused or unfolded remains so.
        if let Some(inside) = self.inside.last_mut() {
            let count = inside.iter().filter(|own| **own == name).count();
            inside.push(name);
            tag.key = Some(Key::from([name, &digits(count as u64)].concat()));
        }
        self.inside.push(Vec::new());
        self.tags.push(tag);
    }

    /// The same with a class and nothing else.
    pub(crate) fn begin(&mut self, tag: &'static str, class: &str) {
        self.open(tag, attrs!("class" = class));
    }

    /// Ends the open element.
    pub(crate) fn close(&mut self) {
        self.inside.pop();
        if let Some(tag) = self.tags.pop() {
            self.last().add_child(Html::from(tag));
        }
    }

    fn last(&mut self) -> &mut VTag {
        if self.tags.is_empty() {
            self.tags.push(VTag::new("div"));
        }
        let last = self.tags.len() - 1;
        &mut self.tags[last]
    }

    fn listen(&mut self, does: Does) {
        let link = self.link.clone();
        self.last().add_listener(Rc::new(Ear { link, does }));
    }
}

fn string(text: &str) -> AttrValue {
    AttrValue::from(String::from(text))
}

/// Hears one kind of event of one element.
struct Ear {
    link: Callback<Action>,
    does: Does,
}

enum Does {
    Close,
    /// Once: the next drawing gives the element a new ear, so that a double click is one click.
    Press(Cell<Option<Action>>),
    Submit,
    TakeFile,
    Type(Slot),
}

impl Listener for Ear {
    fn kind(&self) -> ListenerKind {
        match self.does {
            Does::Close => ListenerKind::onclose,
            Does::Press(_) => ListenerKind::onclick,
            Does::Submit => ListenerKind::onsubmit,
            Does::TakeFile => ListenerKind::onchange,
            Does::Type(_) => ListenerKind::oninput,
        }
    }

    fn handle(&self, event: Event) {
        self.link.emit(match &self.does {
            Does::Close => Action::Closed,
            Does::Press(action) => match action.take() {
                Some(action) => action,
                None => return,
            },
            Does::Submit => {
                event.prevent_default();
                Action::Submit
            }
            Does::TakeFile => return dom::take_file(&event, self.link.clone()),
            Does::Type(slot) => Action::Type(*slot, dom::typed(&event)),
        });
    }

    fn passive(&self) -> bool {
        false
    }
}
