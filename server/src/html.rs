//! Writes HTML. Everything that goes through here is escaped; there is no way around it.

/// A document, or a part of one, that grows at its end.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

/// Attributes of an element.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// A document of its own.
    pub(crate) fn document(lang: &str, inside: impl FnOnce(&mut Self)) -> String {
        let mut html = Self("<!doctype html>\n".to_owned());
        html.element("html", &[("lang", lang)], inside);
        html.0.push('\n');
        html.0
    }

    /// An element with what `inside` writes.
    pub(crate) fn element(
        &mut self,
        tag: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        self.void(tag, attributes);
        inside(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
        if is_block(tag) {
            self.0.push('\n');
        }
    }

    /// An element with a text in it.
    pub(crate) fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.element(tag, attributes, |html| html.text(text));
    }

    /// An element that has no end tag.
    pub(crate) fn void(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            if !value.is_empty() {
                self.0.push_str("=\"");
                self.text(value);
                self.0.push('"');
            }
        }
        self.0.push('>');
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
    }

    /// A text in which web and e-mail addresses become links. They are written out in the text, so a link adds nothing to
    /// what was signed.
    pub(crate) fn prose(&mut self, text: &str) {
        for word in text.split_inclusive(char::is_whitespace) {
            let address = word.trim_matches(|c: char| {
                c.is_whitespace()
                    || matches!(
                        c,
                        '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '«' | '»' | '"'
                    )
            });
            match target(address).zip(word.split_once(address)) {
                Some((href, (before, after))) => {
                    self.text(before);
                    self.leaf("a", &[("href", &href)], address);
                    self.text(after);
                }
                None => self.text(word),
            }
        }
    }
}

/// Where a word leads, if it is an address.
fn target(word: &str) -> Option<String> {
    if !word.is_ascii() {
        return None;
    }
    if word.starts_with("https://") || word.starts_with("http://") {
        return Some(word.to_owned());
    }
    if word.starts_with("www.") {
        return Some(format!("https://{word}"));
    }
    let (name, host) = word.split_once('@')?;
    (!name.is_empty() && host.contains('.') && !host.contains('@'))
        .then(|| format!("mailto:{word}"))
}

/// Does a line end after this element? Only for people who read the source.
fn is_block(tag: &str) -> bool {
    !matches!(
        tag,
        "a" | "b" | "code" | "del" | "dfn" | "ins" | "span" | "time" | "strong"
    )
}

#[cfg(test)]
mod tests {
    use super::Html;

    fn write(inside: impl FnOnce(&mut Html)) -> String {
        let mut html = Html::default();
        inside(&mut html);
        html.0
    }

    #[test]
    fn text_and_attributes_are_escaped() {
        let html = write(|html| html.leaf("a", &[("title", "\"><script>")], "<b>&'"));
        assert_eq!(
            html,
            "<a title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;</a>"
        );
    }

    #[test]
    fn addresses_become_links_and_nothing_else_does() {
        let html = write(|html| html.prose("Пишите на info@jet121.ru, если (www.jetCRM.ru)."));
        assert_eq!(
            html,
            "Пишите на <a href=\"mailto:info@jet121.ru\">info@jet121.ru</a>, если \
             (<a href=\"https://www.jetCRM.ru\">www.jetCRM.ru</a>)."
        );
        for text in [
            "a@b",
            "@b.c",
            "почта@дом.рф",
            "javascript:alert(1)",
            "1 @ 2.0",
            "",
        ] {
            assert!(!write(|html| html.prose(text)).contains("<a"), "{text:?}");
        }
    }

    #[test]
    fn an_address_cannot_leave_its_attribute() {
        let html = write(|html| html.prose("https://a\"onclick=x"));
        assert_eq!(html.matches('"').count(), 2, "{html}");
    }
}
