//! The loader: fragments in a fixed order, one function around them, the banner's style inside, minified.

use crate::failure::{Failure, at};
use crate::minify::{Kind, minify};
use std::fs;
use std::path::Path;

/// Each fragment sees the names of those before it.
pub(crate) const FRAGMENTS: [&str; 9] = [
    "config.js",
    "storage.js",
    "state.js",
    "gate.js",
    "outbox.js",
    "widget.js",
    "banner.js",
    "api.js",
    "start.js",
];
/// The banner's style sheet.
pub(crate) const STYLE: &str = "banner.css";

/// Where the server puts the site's configuration, quotes included.
const CONFIG: &str = "\"__RASPISKA_CONFIG__\"";
/// What stands for it while the code is minified: a free name, which a minifier can neither fold nor copy,
/// while it would inline a string and then read `undefined` from the string's members.
const CONFIG_NAME: &str = "__RASPISKA_CONFIG__";
/// Where the style sheet goes.
const CSS: &str = "\"__RASPISKA_CSS__\"";

/// Builds the loader from the folder of its fragments.
pub(crate) fn build(folder: &Path) -> Result<String, Failure> {
    let style = folder.join(STYLE);
    let style = fs::read_to_string(&style).map_err(at(&style))?;
    assemble(&join(folder, &FRAGMENTS)?, &style)
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

fn assemble(body: &str, style: &str) -> Result<String, Failure> {
    let style = serde_json::Value::from(shorter_css(style)).to_string();
    let body = replace_once(body, CSS, &style)?;
    let body = replace_once(&body, CONFIG, CONFIG_NAME)?;
    let short = minify("the loader", &wrap(&body), Kind::Script)?;
    replace_once(&short, CONFIG_NAME, CONFIG)
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
        || matches!(next, '{' | '}' | ';' | ',' | '>'))
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
    use super::{Failure, assemble, shorter_css};

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
        let body = "const cfg = \"__RASPISKA_CONFIG__\";\nconst css = \"__RASPISKA_CSS__\";\n\
                    window.x = [cfg.site, cfg.days, cfg.text[cfg.lang[0]], css];";
        let built = assemble(body, "a { b: c }").unwrap();
        assert_eq!(
            built.matches("\"__RASPISKA_CONFIG__\"").count(),
            1,
            "{built}"
        );
        assert!(built.contains("a{b:c}"), "{built}");
        assert!(
            built.contains(".site") && built.contains(".days"),
            "{built}"
        );
        assert!(!built.contains("void 0"), "{built}");
    }

    #[test]
    fn a_missing_or_doubled_place_is_an_error() {
        let without = assemble("window.x = \"__RASPISKA_CSS__\";", "").unwrap_err();
        assert!(matches!(without, Failure::Placeholder { found: 0, .. }));
        let doubled = assemble(
            "window.x = [\"__RASPISKA_CSS__\", \"__RASPISKA_CSS__\"];",
            "",
        )
        .unwrap_err();
        assert!(matches!(doubled, Failure::Placeholder { found: 2, .. }));
    }
}
