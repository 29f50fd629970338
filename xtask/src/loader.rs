//! What pages load for a site: fragments in a fixed order, one function around them, the style inside, minified.

use crate::failure::{Failure, at};
use crate::minify::{Kind, minify};
use std::fs;
use std::path::Path;

/// Each fragment sees the names of those before it. What every page has:
const HOLD: [&str; 5] = [
    "config.js",
    "storage.js",
    "state.js",
    "gate.js",
    "pieces.js",
];
/// What a click sets in motion, the banner with it.
const ACT: [&str; 6] = [
    "dom.js",
    "decide.js",
    "outbox.js",
    "widget.js",
    "banner.js",
    "acts.js",
];
/// What only some sites ask for: what nobody has tagged, other managers' markup and what they keep.
const MORE: [&str; 4] = ["auto.js", "names.js", "aliases.js", "moving.js"];
const START: [&str; 2] = ["api.js", "start.js"];
/// What a page needs seldom.
const LATER: [&str; 9] = [
    "later/words.js",
    "dom.js",
    "later/cover.js",
    "later/form.js",
    "later/stop.js",
    "later/remark.js",
    "later/identify.js",
    "later/reopen.js",
    "later/pieces.js",
];
/// The page's own forms.
const ATTACH: [&str; 5] = [
    "attach/words.js",
    "dom.js",
    "attach/fields.js",
    "attach/consent.js",
    "attach/attach.js",
];
/// Files that go with a form.
const FILE: [&str; 5] = [
    "file/words.js",
    "dom.js",
    "file/keep.js",
    "file/send.js",
    "file/control.js",
];
/// What whoever builds a site asks for: what runs without consent.
const WATCH: [&str; 3] = ["watch/words.js", "watch/find.js", "watch/panel.js"];

/// What reads that which another manager keeps.
const MOVING: [&str; 3] = ["names.js", "moving/formats.js", "moving/read.js"];
/// The calls of other managers, a script of its own.
const CALLS: [&str; 6] = [
    "calls/config.js",
    "names.js",
    "calls/ours.js",
    "calls/cookieconsent.js",
    "calls/klaro.js",
    "calls/cookiebot.js",
];

/// What the modules may use of the closure that fetches them, by name.
const FOR_LATER: &str = "cfg,lang,url,guard,complain,view,decided,signalled,open,added,category,stored,settle,act,wanted";
const FOR_ACTS: &str = "origin,idle,prefix,get,set,parse,queue,kept,first,fresh,has,decisions,purposes,keep,emit,seconds,notes,forget,apply,leave,later,draw,pressed";

/// The scripts that the server completes for each site, in [`crate::assets`]'s folder `site`.
pub(crate) const SCRIPTS: [Script; 12] = [
    Script::page(
        "whole.js",
        &[&HOLD, &["words.js"], &ACT, &["here.js"], &START],
    ),
    Script::page("brief.js", &[&HOLD, &START]),
    Script::page(
        "whole-more.js",
        &[&HOLD, &["words.js"], &ACT, &["here.js"], &MORE, &START],
    ),
    Script::page("brief-more.js", &[&HOLD, &MORE, &START]),
    Script::module("acts.js", &[&["words-apart.js"], &ACT], "acts"),
    Script::module("words.js", &[&["words-all.js"]], "all"),
    Script::module("later.js", &[&LATER], "pieces"),
    Script::module("attach.js", &[&ATTACH], "attach"),
    Script::module("file.js", &[&FILE], "file"),
    Script::module("watch.js", &[&WATCH], "report"),
    Script::module("moving.js", &[&MOVING], "refusals"),
    Script::page("calls.js", &[&CALLS]),
];

/// One script, of fragments in a fixed order.
pub(crate) struct Script {
    /// Its file.
    pub(crate) name: &'static str,
    fragments: &'static [&'static [&'static str]],
    /// What a module gives; a page's script gives nothing.
    gives: Option<&'static str>,
}

impl Script {
    const fn page(name: &'static str, fragments: &'static [&'static [&'static str]]) -> Self {
        Self {
            name,
            fragments,
            gives: None,
        }
    }

    const fn module(
        name: &'static str,
        fragments: &'static [&'static [&'static str]],
        gives: &'static str,
    ) -> Self {
        Self {
            name,
            fragments,
            gives: Some(gives),
        }
    }

    /// Its sources, style sheets too.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &'static str> {
        let own = self.fragments.iter().flat_map(|part| part.iter().copied());
        own.chain(self.styles().iter().copied())
    }

    fn has(&self, part: &[&str]) -> bool {
        self.fragments.contains(&part)
    }

    fn styles(&self) -> &'static [&'static str] {
        if self.has(&LATER) {
            &["banner.css", "later/cover.css", "later/reopen.css"]
        } else if self.has(&ATTACH) {
            &["attach/attach.css"]
        } else if self.has(&ACT) {
            &["banner.css"]
        } else {
            &[]
        }
    }

    /// Builds it from the folder of its fragments.
    pub(crate) fn build(&self, folder: &Path) -> Result<String, Failure> {
        let fragments: Vec<&str> = self.fragments.concat();
        let mut body = join(folder, &fragments)?;
        if !self.styles().is_empty() {
            let mut style = String::new();
            for name in self.styles() {
                let path = folder.join(name);
                style.push_str(&shorter_css(&fs::read_to_string(&path).map_err(at(&path))?));
            }
            let style = serde_json::Value::from(style).to_string();
            body = replace_once(&body, CSS, &style)?;
        }
        if let Some(gives) = self.gives {
            return module(self.name, &body, gives);
        }
        if !self.has(&HOLD) {
            return minified(self.name, &wrap(&body), Kind::Script);
        }
        // Whoever has all of it gives a module only what that one needs; a brief one must be able to fetch the rest.
        let core = if self.has(&ACT) {
            FOR_LATER.to_owned()
        } else {
            format!("{FOR_LATER},{FOR_ACTS}")
        };
        let body = replace_once(&body, CORE, &format!("{{{core}}}"))?;
        let script = minified(self.name, &wrap(&body), Kind::Script)?;
        Ok(script)
    }
}

/// Where the server puts the site's configuration, quotes included.
const CONFIG: &str = "\"__RASPISKA_CONFIG__\"";
/// What stands for it while the code is minified: a free name, which a minifier can neither fold nor copy,
/// while it would inline a string and then read `undefined` from the string's members.
const CONFIG_NAME: &str = "__RASPISKA_CONFIG__";
/// Where the style sheet goes.
const CSS: &str = "\"__RASPISKA_CSS__\"";
/// Where the names go that modules may use.
const CORE: &str = "\"__RASPISKA_CORE__\"";

/// A module that gets the names that it uses, and gives one. One that wants nothing of the site but these is the same on every site.
fn module(name: &str, body: &str, gives: &str) -> Result<String, Failure> {
    let script = format!(
        "export default (core) => {{ const {{{FOR_LATER},{FOR_ACTS}}} = core; {body} return {gives}; }};"
    );
    if !body.contains(CONFIG) {
        return minify(name, &script, Kind::Module);
    }
    minified(name, &script, Kind::Module)
}

/// The same program, shorter, with the place of the configuration kept.
fn minified(name: &str, script: &str, kind: Kind) -> Result<String, Failure> {
    let script = replace_once(script, CONFIG, CONFIG_NAME)?;
    let short = minify(name, &script, kind)?;
    replace_once(&short, CONFIG_NAME, CONFIG)
}

/// Fragments of a script one after the other, each found to be JavaScript.
pub(crate) fn join(folder: &Path, fragments: &[&str]) -> Result<String, Failure> {
    let mut body = String::new();
    for name in fragments {
        let path = folder.join(name);
        let fragment = fs::read_to_string(&path).map_err(at(&path))?;
        // Alone, so that an error is found under its own file's name and line.
        minify(&path.display().to_string(), &wrap(&fragment), Kind::Script)?;
        body.push_str(&fragment);
        body.push('\n');
    }
    Ok(body)
}

/// One function around all of it, so that nothing gets into the page's names.
pub(crate) fn wrap(body: &str) -> String {
    format!("(() => {{\"use strict\";{body}\n}})();")
}

fn replace_once(text: &str, literal: &'static str, by: &str) -> Result<String, Failure> {
    let found = text.matches(literal).count();
    if found != 1 {
        return Err(Failure::Placeholder { literal, found });
    }
    Ok(text.replacen(literal, by, 1))
}

/// A style sheet without comments and needless spaces. Strings are left alone.
fn shorter_css(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut space = false;
    while let Some(next) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            space = true;
            continue;
        }
        let mut taken = next.len_utf8();
        if next.is_whitespace() {
            space = true;
        } else {
            if space && needs_space(&out, next) {
                out.push(' ');
            }
            space = false;
            if next == '}' && out.ends_with(';') {
                out.pop();
            }
            if next == '"' || next == '\'' {
                taken = string_end(rest, next);
            }
            out.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    out
}

/// Spaces part nothing around these; before a colon or a bracket they may, as in `a :hover` and `and (…)`.
fn needs_space(before: &str, next: char) -> bool {
    !(before.is_empty()
        || before.ends_with(['{', '}', ';', ',', ':', '>'])
        || matches!(next, '{' | '}' | ';' | ',' | '>' | '!'))
}

/// The length of the string that begins the text, its quotes included.
fn string_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind, SCRIPTS, minified, shorter_css, wrap};
    use crate::minify::free_names;
    use crate::place;

    #[test]
    fn css_loses_comments_and_spaces_only() {
        let css = "/* the banner */\n:host {\n  color: red;\n  content: \"a  b; }\";\n}\n\
                   .a :hover > .b , .c{ margin: 0 auto }\n@media (width < 1px) and (hover) { a { b: calc(1px + 2px); } }\n";
        assert_eq!(
            shorter_css(css),
            ":host{color:red;content:\"a  b; }\"}.a :hover>.b,.c{margin:0 auto}@media (width < 1px) and (hover){a{b:calc(1px + 2px)}}"
        );
    }

    #[test]
    fn the_configuration_stays_one_literal_that_nobody_folded() {
        let body = "const cfg = \"__RASPISKA_CONFIG__\";\n\
                    window.x = [cfg.site, cfg.days, cfg.text[cfg.lang[0]]];";
        let built = minified("a.js", &wrap(body), Kind::Script).unwrap();
        assert_eq!(
            built.matches("\"__RASPISKA_CONFIG__\"").count(),
            1,
            "{built}"
        );
        assert!(
            built.contains(".site") && built.contains(".days"),
            "{built}"
        );
        assert!(!built.contains("void 0"), "{built}");
    }

    #[test]
    fn a_missing_or_doubled_place_is_an_error() {
        let missing = minified("a.js", &wrap("window.x = 1;"), Kind::Script).unwrap_err();
        assert!(matches!(missing, Failure::Placeholder { found: 0, .. }));
        let doubled = "window.x = [\"__RASPISKA_CONFIG__\", \"__RASPISKA_CONFIG__\"];";
        let doubled = minified("a.js", &wrap(doubled), Kind::Script).unwrap_err();
        assert!(matches!(doubled, Failure::Placeholder { found: 2, .. }));
    }

    /// What the scripts use of a browser.
    const WINDOW: &[&str] = &[
        "Array",
        "Boolean",
        "CSSStyleSheet",
        "CustomEvent",
        "Date",
        "Document",
        "DecompressionStream",
        "Element",
        "Error",
        "Event",
        "HTMLIFrameElement",
        "HTMLImageElement",
        "HTMLScriptElement",
        "IntersectionObserver",
        "JSON",
        "Map",
        "Math",
        "MutationObserver",
        "Navigator",
        "Node",
        "Number",
        "Object",
        "Promise",
        "RangeError",
        "RegExp",
        "Response",
        "Set",
        "String",
        "TextDecoder",
        "TextEncoder",
        "TypeError",
        "URL",
        "Uint32Array",
        "Uint8Array",
        "WeakMap",
        "WeakSet",
        "XMLHttpRequest",
        "addEventListener",
        "atob",
        "btoa",
        "caches",
        "clearInterval",
        "clearTimeout",
        "console",
        "crypto",
        "decodeURIComponent",
        "dispatchEvent",
        "document",
        "encodeURIComponent",
        "fetch",
        "getComputedStyle",
        "indexedDB",
        "localStorage",
        "location",
        "navigator",
        "performance",
        "requestIdleCallback",
        "sessionStorage",
        "setInterval",
        "setTimeout",
        "trustedTypes",
        "window",
        "arguments",
        "__RASPISKA_CONFIG__",
    ];

    #[test]
    fn no_script_uses_a_name_that_it_was_not_given() {
        let folder = place::root().join("www/loader");
        for script in SCRIPTS {
            let built = script.build(&folder).unwrap();
            let kind = if script.gives.is_some() {
                Kind::Module
            } else {
                Kind::Script
            };
            let mut free = free_names(&built, kind);
            free.retain(|name| !WINDOW.contains(&name.as_str()));
            assert!(free.is_empty(), "{}: {free:?}", script.name);
        }
    }
}
