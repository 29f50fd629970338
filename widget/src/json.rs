//! JSON as a plain tree, read and written by hand: the general reader of a JSON crate, with its floats, positions and
//! sentences, would cost a tenth of what a visitor downloads, and nothing that is read here needs them.
//!
//! Numbers stay the text that they were. Whatever is missing or of another type reads as empty, so that one odd member never
//! takes a whole view away; what matters is checked where it is used.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`, and everything that is not there.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object, in the order in which it was written.
    Object(Vec<(String, Self)>),
}

/// Deeper than any document of ours; ends a hostile one before the stack does.
const MAX_DEPTH: u8 = 32;

impl Json {
    /// Reads a whole text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.space();
        (reader.at == text.len()).then_some(value)
    }

    /// Reads a whole text; null if it cannot be read.
    pub(crate) fn read(text: &str) -> Self {
        Self::parse(text).unwrap_or(Self::Null)
    }

    /// A string value.
    pub(crate) fn from_text(text: &str) -> Self {
        Self::Text(String::from(text))
    }

    /// A number value.
    pub(crate) fn from_number(number: u64) -> Self {
        Self::Number(crate::texts::digits(number))
    }

    /// A member of an object.
    pub(crate) fn get(&self, name: &str) -> &Self {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(own, _)| own == name)
                .map_or(&Self::Null, |(_, value)| value),
            _ => &Self::Null,
        }
    }

    /// Gives a member of an object a value; null takes it away.
    pub(crate) fn set(&mut self, name: &str, value: Self) {
        if let Self::Object(members) = self {
            members.retain(|(own, _)| own != name);
            if !matches!(value, Self::Null) {
                members.push((String::from(name), value));
            }
        }
    }

    /// A string.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// A whole number.
    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Number(text) => text.parse().unwrap_or_default(),
            _ => 0,
        }
    }

    /// Is it `true`?
    pub(crate) fn flag(&self) -> bool {
        matches!(self, Self::Flag(true))
    }

    /// The members of an array.
    pub(crate) fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// Without white space.
    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => write_text(text, out),
            Self::List(list) => {
                out.push('[');
                for (at, value) in list.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.write_to(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write_to(out);
                }
                out.push('}');
            }
        }
    }
}

/// An object with these strings.
pub(crate) fn strings(members: &[(&str, &str)]) -> Json {
    let mut object = Json::Object(Vec::new());
    for (name, value) in members {
        object.set(name, Json::from_text(value));
    }
    object
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                for digit in [c as u32 >> 4, c as u32 & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.text
            .as_bytes()
            .get(self.at)
            .copied()
            .unwrap_or_default()
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Takes `byte` if it comes next, white space aside.
    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        let rest = self.text.as_bytes().get(self.at..)?;
        if !rest.starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        Some(value)
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        match self.peek() {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Flag(true)),
            b'f' => self.word("false", Json::Flag(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                if self.eat(b']') {
                    return Some(Json::List(list));
                }
                loop {
                    list.push(self.value(depth + 1)?);
                    if self.eat(b']') {
                        return Some(Json::List(list));
                    }
                    if !self.eat(b',') {
                        return None;
                    }
                }
            }
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                if self.eat(b'}') {
                    return Some(Json::Object(members));
                }
                loop {
                    self.space();
                    let name = self.string()?;
                    if !self.eat(b':') {
                        return None;
                    }
                    members.push((name, self.value(depth + 1)?));
                    if self.eat(b'}') {
                        return Some(Json::Object(members));
                    }
                    if !self.eat(b',') {
                        return None;
                    }
                }
            }
            _ => {
                let from = self.at;
                while matches!(self.peek(), b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') {
                    self.at += 1;
                }
                let number = self.text.get(from..self.at)?;
                (!number.is_empty()).then(|| Json::Number(String::from(number)))
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(self.text.get(from..self.at)?);
            let end = self.peek();
            self.at += 1;
            match end {
                b'"' => return Some(out),
                b'\\' => out.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let kind = self.peek();
        self.at += 1;
        Some(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                if (0xd800..0xdc00).contains(&high) {
                    if self.peek() != b'\\' {
                        return None;
                    }
                    self.at += 2;
                    let low = self.hex()?.checked_sub(0xdc00)?;
                    return char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low);
                }
                return char::from_u32(high);
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a general JSON crate thinks of the same text.
    fn agrees(text: &str) {
        let theirs = serde_json::from_str::<serde_json::Value>(text).ok();
        let ours = Json::parse(text).map(|json| json.write());
        let ours = ours.map(|written| serde_json::from_str::<serde_json::Value>(&written).unwrap());
        assert_eq!(ours, theirs, "{text}");
    }

    #[test]
    fn it_reads_what_others_read() {
        for text in [
            "null",
            " [ ] ",
            "{}",
            r#"{"a":[1,-2,3e1,true,false,null],"b":{"c":"d"},"e":""}"#,
            r#""\"\\\/\b\f\n\r\t\u0416\ud83d\ude00 ёж 😀""#,
            "\"\\u0001\"",
            " { \"a\" : 1 ,\n\"b\":\t[ 2 , 3 ] } ",
            "",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800x\"",
            "\"\u{1}\"",
            "[1] x",
            "nul",
            "[",
        ] {
            agrees(text);
        }
    }

    #[test]
    fn depth_ends_in_nothing_and_not_in_the_stack() {
        assert_eq!(Json::parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn what_is_missing_reads_as_empty() {
        let json = Json::parse(r#"{"a":1}"#).unwrap();
        assert_eq!(json.get("b").text(), "");
        assert_eq!(json.get("a").text(), "");
        assert_eq!(json.get("a").number(), 1);
        assert!(json.get("a").get("b").list().is_empty());
        assert!(!json.get("c").flag());
    }

    #[test]
    fn members_are_set_and_taken_away() {
        let mut json = strings(&[("a", "x"), ("b", "\"\n\u{7f}")]);
        json.set("a", Json::Null);
        json.set("c", Json::from_number(1));
        assert_eq!(json.write(), "{\"b\":\"\\\"\\n\u{7f}\",\"c\":1}");
        let mut text = Json::from_text("x");
        text.set("a", Json::Flag(true));
        assert_eq!(text, Json::from_text("x"));
    }
}
