//! Requests to the server. Without cookies and without a referrer: the server learns what is sent and nothing else.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;

    type Response;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Response) -> u16;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Response) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = AbortSignal, catch, js_name = timeout)]
    fn abort_after(milliseconds: u32) -> Result<JsValue, JsValue>;
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The body of a JSON resource; nothing if there is none or nobody answers.
pub(crate) async fn get(url: &str) -> Option<String> {
    let answer = send(url, "accept", "application/json", None).await?;
    (answer.status == 200).then_some(answer.body)
}

/// The answer to what is sent; nothing if nobody answers.
pub(crate) async fn post(url: &str, media_type: &str, body: &str) -> Option<Answer> {
    send(url, "content-type", media_type, Some(body)).await
}

async fn send(url: &str, header: &str, value: &str, body: Option<&str>) -> Option<Answer> {
    let headers = members(&[(header, JsValue::from_str(value))])?;
    let init = members(&[
        ("headers", headers.into()),
        ("credentials", JsValue::from_str("omit")),
        ("referrerPolicy", JsValue::from_str("no-referrer")),
    ])?;
    if let Some(body) = body {
        put(&init, "method", &JsValue::from_str("POST"))?;
        put(&init, "body", &JsValue::from_str(body))?;
    }
    // A server that never answers must not hold the lock of the outbox. Older browsers wait as long as they like.
    if let Ok(signal) = abort_after(TIMEOUT) {
        put(&init, "signal", &signal)?;
    }
    let response: Response = JsFuture::from(fetch(url, &init).ok()?).await.ok()?.into();
    let body = JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()?;
    Some(Answer {
        status: response.status(),
        body,
    })
}

fn members(pairs: &[(&str, JsValue)]) -> Option<Object> {
    let object = Object::new();
    for (name, value) in pairs {
        put(&object, name, value)?;
    }
    Some(object)
}

fn put(object: &Object, name: &str, value: &JsValue) -> Option<()> {
    Reflect::set(object, &JsValue::from_str(name), value)
        .ok()
        .map(drop)
}

/// Milliseconds: a slow network with a full form.
const TIMEOUT: u32 = 30_000;
