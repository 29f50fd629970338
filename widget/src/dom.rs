//! The few things of the browser that no crate of ours wraps. Whatever may fail says so in its type.

use std::{future::Future, pin::Pin};

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{
    JsCast as _,
    prelude::{JsValue, wasm_bindgen},
};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Element, Event};
use yew::Callback;

use crate::state::Action;

#[wasm_bindgen]
extern "C" {
    type Dialog;
    #[wasm_bindgen(method, getter)]
    fn open(this: &Dialog) -> bool;
    #[wasm_bindgen(method, catch, js_name = showModal)]
    fn show_modal(this: &Dialog) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &Dialog);

    #[wasm_bindgen(js_name = CSSStyleSheet)]
    type Sheet;
    #[wasm_bindgen(constructor, catch, js_class = CSSStyleSheet)]
    fn new() -> Result<Sheet, JsValue>;
    #[wasm_bindgen(method, catch, js_name = replaceSync)]
    fn replace_sync(this: &Sheet, css: &str) -> Result<(), JsValue>;

    type Root;
    #[wasm_bindgen(method, setter, js_name = adoptedStyleSheets)]
    fn adopt(this: &Root, sheets: &Array);

    type Clipboard;
    #[wasm_bindgen(method, catch, js_name = writeText)]
    fn write_text(this: &Clipboard, text: &str) -> Result<Promise, JsValue>;

    type File;
    #[wasm_bindgen(method, catch)]
    fn text(this: &File) -> Result<Promise, JsValue>;

    type Control;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Control) -> String;
    #[wasm_bindgen(method, catch)]
    fn focus(this: &Control) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = Blob)]
    type Blob;
    #[wasm_bindgen(constructor, catch, js_class = Blob)]
    fn of(parts: &Array) -> Result<Blob, JsValue>;
    #[wasm_bindgen(js_namespace = URL, catch, js_name = createObjectURL)]
    fn create_url(blob: &Blob) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn revoke_url(url: &str);
}

thread_local! {
    static SHEET: Option<Sheet> = {
        let sheet = Sheet::new().ok();
        sheet.filter(|sheet| sheet.replace_sync(include_str!("style.css")).is_ok())
    };
}

/// An open shadow root in `host` with our style, and in it an element to draw into; nothing if that was done before.
pub(crate) fn shadow(host: &Element, lang: &str) -> Option<Element> {
    let init = web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open);
    let shadow = host.attach_shadow(&init).ok()?;
    SHEET.with(|sheet| {
        if let Some(sheet) = sheet {
            shadow
                .unchecked_ref::<Root>()
                .adopt(&Array::of1(sheet.as_ref()));
        }
    });
    let root = host.owner_document()?.create_element("div").ok()?;
    root.set_attribute("lang", lang).ok()?;
    shadow.append_child(&root).ok()?;
    Some(root)
}

/// Opens a dialog over everything else; the browser keeps the focus in it.
pub(crate) fn show_modal(dialog: &Element) {
    let dialog = dialog.unchecked_ref::<Dialog>();
    if !dialog.open() {
        // Fails only where the dialog is not in a document; then there is nobody to see it.
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog; `close` follows.
pub(crate) fn close(dialog: &Element) {
    dialog.unchecked_ref::<Dialog>().close();
}

/// The first of these in `root`.
pub(crate) fn find(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// Moves the focus.
pub(crate) fn focus(element: &Element) {
    let _ = element.unchecked_ref::<Control>().focus();
}

/// What stands in the control that an event comes from.
pub(crate) fn typed(event: &Event) -> String {
    event
        .target()
        .map(|target| target.unchecked_ref::<Control>().value())
        .unwrap_or_default()
}

/// Reads the first file chosen in the control that an event comes from.
pub(crate) fn take_file(event: &Event, link: Callback<Action>) {
    let text = || {
        let files = Reflect::get(event.target()?.as_ref(), &JsValue::from_str("files")).ok()?;
        let file = Reflect::get_u32(&files, 0).ok()?;
        if file.is_undefined() {
            None
        } else {
            file.unchecked_ref::<File>().text().ok()
        }
    };
    if let Some(text) = text() {
        later(link, async {
            let text = JsFuture::from(text)
                .await
                .ok()
                .and_then(|text| text.as_string());
            Action::File(text.unwrap_or_default())
        });
    }
}

/// Sends the action that a piece of work ends in.
pub(crate) fn later(link: Callback<Action>, work: impl Future<Output = Action> + 'static) {
    let _ = run(Box::pin(async move { link.emit(work.await) }));
}

/// Begins a piece of work; the promise is kept when it is done. Boxed, so that all work goes one way into the browser's queue.
pub(crate) fn run(work: Pin<Box<dyn Future<Output = ()>>>) -> Promise {
    future_to_promise(async move {
        work.await;
        Ok(JsValue::UNDEFINED)
    })
}

/// Copies a text; false if the browser does not let us.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let navigator = Reflect::get(window.as_ref(), &JsValue::from_str("navigator"));
    let clipboard =
        navigator.and_then(|navigator| Reflect::get(&navigator, &JsValue::from_str("clipboard")));
    match clipboard {
        Ok(clipboard) if clipboard.is_object() => {
            match clipboard.unchecked_ref::<Clipboard>().write_text(text) {
                Ok(written) => JsFuture::from(written).await.is_ok(),
                Err(_) => false,
            }
        }
        _ => false,
    }
}

/// Saves a text as a file.
pub(crate) fn download(root: &Element, name: &str, text: &str) -> Option<()> {
    let blob = Blob::of(&Array::of1(&JsValue::from_str(text))).ok()?;
    let url = create_url(&blob).ok()?;
    let link = root.owner_document()?.create_element("a").ok()?;
    link.set_attribute("href", &url).ok()?;
    link.set_attribute("download", name).ok()?;
    link.unchecked_ref::<web_sys::HtmlElement>().click();
    revoke_url(&url);
    Some(())
}

/// The page's address without query and fragment: those may carry personal data.
pub(crate) fn page() -> String {
    let location = web_sys::window().map(|window| window.location());
    let parts =
        location.and_then(|location| Some([location.origin().ok()?, location.pathname().ok()?]));
    parts.map(|parts| parts.concat()).unwrap_or_default()
}

/// UNIX milliseconds.
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// How many minutes the clocks here are ahead of UTC.
pub(crate) fn ahead() -> i32 {
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}
