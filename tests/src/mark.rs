//! Where things are on a page. A mark is a path of CSS selectors, joined by ` >>> `, each within the element before it or its
//! shadow root; `{text}` after a selector keeps those elements that say it.

/// The banner.
pub const BANNER: &str = "#raspiska >>> section";
/// Its button that gives everything.
pub const GIVE_ALL: &str = "#raspiska >>> [data-raspiska=give-all]";
/// Its button that refuses everything.
pub const REFUSE_ALL: &str = "#raspiska >>> [data-raspiska=refuse-all]";
/// Its button that opens the preferences.
pub const PREFERENCES: &str = "#raspiska >>> [data-raspiska=preferences]";
/// A dialog of the widget.
pub const DIALOG: &str = "#raspiska-panel >>> dialog[open]";

/// The script that finds marks: all visible elements at the end of the path, in the order of the page.
pub(crate) const FIND: &str = r"
const find = (mark) => {
  const visible = (node) => node.checkVisibility({ visibilityProperty: true });
  const step = (roots, part) => {
    const [, selector, text] = /^(.*?)(?:\{(.*)\})?$/s.exec(part.trim());
    return roots
      .flatMap((root) => [...(root.shadowRoot || root).querySelectorAll(selector)])
      .filter((node) => text === undefined || (node.innerText + ' ' + (node.getAttribute('aria-label') || '')).includes(text));
  };
  const found = mark.split(' >>> ').reduce(step, [document]);
  return found.filter(visible);
};
";

/// A field of a form.
#[must_use]
pub fn field(form: &str, field: &str) -> String {
    inside(form, &format!("[id='{field}']"))
}

/// The tick of a consent document in a form.
#[must_use]
pub fn consent(form: &str, notice: &str) -> String {
    inside(form, &format!("[data-notice='{notice}'] [type=checkbox]"))
}

/// What opens a consent document in a form.
#[must_use]
pub fn document(form: &str, notice: &str) -> String {
    inside(form, &format!("[data-notice='{notice}'] summary"))
}

/// The text of a consent document in a form, when it is open.
#[must_use]
pub fn document_text(form: &str, notice: &str) -> String {
    inside(
        form,
        &format!("[data-notice='{notice}'] details[open] .notice"),
    )
}

/// The button that sends a form.
#[must_use]
pub fn submit(form: &str) -> String {
    inside(form, "button[type=submit]")
}

/// What became of a form that was sent.
#[must_use]
pub fn outcome(form: &str, words: &str) -> String {
    inside(form, &format!(".outcome h2{{{words}}}"))
}

/// What a form says about each mistake.
#[must_use]
pub fn mistakes(form: &str) -> String {
    inside(form, "p.bad[id]")
}

fn inside(form: &str, selector: &str) -> String {
    format!("raspiska-form[name={form}] >>> {selector}")
}

/// Something in the dialog that is open.
#[must_use]
pub fn in_dialog(selector: &str) -> String {
    format!("{DIALOG} >>> {selector}")
}

/// The switch of a category or a service in the preferences.
#[must_use]
pub fn switch(purpose: &str) -> String {
    in_dialog(&format!("[role=switch][name='{purpose}']"))
}

/// What opens the services of a category in the preferences.
#[must_use]
pub fn services(category: &str) -> String {
    in_dialog(&format!(
        ".card:has([name='{category}']) > details > summary"
    ))
}

/// Something in the card of a purpose in "my consents".
#[must_use]
pub fn card(purpose: &str, selector: &str) -> String {
    in_dialog(&format!("[data-purpose='{purpose}'] >>> {selector}"))
}

/// Something in the entry of a receipt in the card of its purpose.
#[must_use]
pub fn receipt(purpose: &str, index: u64, selector: &str) -> String {
    card(purpose, &format!("article{{№ {index} }} >>> {selector}"))
}
