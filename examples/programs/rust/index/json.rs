//! JSON as a value, read and written.
use std::fmt::{self, Display, Formatter, Write};
use std::str::FromStr;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Json>),
    /// In the order of the text.
    Object(Vec<(String, Json)>),
}

/// Where the text is not JSON, in bytes.
#[derive(Debug)]
pub struct SyntaxError(usize);

impl std::error::Error for SyntaxError {}

impl Display for SyntaxError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "no JSON at byte {}", self.0)
    }
}

impl Json {
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn items(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_string())
    }
}

impl Display for Json {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(value) => write!(out, "{value}"),
            Json::Text(text) => quote(text, out),
            Json::Array(items) => {
                out.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if at > 0 { "," } else { "" })?;
                }
                out.write_char(']')
            }
            Json::Object(members) => {
                out.write_char('{')?;
                for (at, (key, value)) in members.iter().enumerate() {
                    out.write_str(if at > 0 { "," } else { "" })?;
                    quote(key, out)?;
                    write!(out, ":{value}")?;
                }
                out.write_char('}')
            }
        }
    }
}

fn quote(text: &str, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(out, "\\{letter}")?,
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            '\r' => out.write_str("\\r")?,
            '\0'..='\x1f' => write!(out, "\\u{:04x}", u32::from(letter))?,
            _ => out.write_char(letter)?,
        }
    }
    out.write_char('"')
}

impl FromStr for Json {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Json, SyntaxError> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value()?;
        parser.skip_blanks();
        if parser.at < text.len() {
            return parser.error();
        }
        Ok(value)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn error<T>(&self) -> Result<T, SyntaxError> {
        Err(SyntaxError(self.at))
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn accept(&mut self, token: &str) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), SyntaxError> {
        if self.accept(token) {
            Ok(())
        } else {
            self.error()
        }
    }

    fn next(&mut self) -> Result<char, SyntaxError> {
        let letter = self.rest().chars().next().ok_or(SyntaxError(self.at))?;
        self.at += letter.len_utf8();
        Ok(letter)
    }

    fn value(&mut self) -> Result<Json, SyntaxError> {
        for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))] {
            if self.accept(word) {
                return Ok(value);
            }
        }
        if self.accept("{") {
            self.object()
        } else if self.accept("[") {
            self.array()
        } else if self.accept("\"") {
            Ok(Json::Text(self.string()?))
        } else {
            self.number()
        }
    }

    fn object(&mut self) -> Result<Json, SyntaxError> {
        let mut members = Vec::new();
        if self.accept("}") {
            return Ok(Json::Object(members));
        }
        loop {
            self.expect("\"")?;
            let key = self.string()?;
            self.expect(":")?;
            members.push((key, self.value()?));
            if !self.accept(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(Json::Object(members))
    }

    fn array(&mut self) -> Result<Json, SyntaxError> {
        let mut items = Vec::new();
        if self.accept("]") {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect("]")?;
        Ok(Json::Array(items))
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let mut units = Vec::new();
        loop {
            match self.next()? {
                '"' => break,
                '\\' => units.push(self.escaped()?),
                '\0'..='\x1f' => return self.error(),
                letter => units.extend_from_slice(letter.encode_utf16(&mut [0; 2])),
            }
        }
        // Escapes are UTF-16, two of them may be one character.
        String::from_utf16(&units).or_else(|_| self.error())
    }

    fn escaped(&mut self) -> Result<u16, SyntaxError> {
        Ok(match self.next()? {
            letter @ ('"' | '\\' | '/') => letter as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let digits = self.rest().get(..4).ok_or(SyntaxError(self.at))?;
                let unit = u16::from_str_radix(digits, 16).or_else(|_| self.error())?;
                self.at += 4;
                unit
            }
            _ => return self.error(),
        })
    }

    fn number(&mut self) -> Result<Json, SyntaxError> {
        let rest = self.rest();
        let length = rest.find(|letter: char| !"+-.eE0123456789".contains(letter)).unwrap_or(rest.len());
        let number = rest[..length].parse().or_else(|_| self.error())?;
        self.at += length;
        Ok(Json::Number(number))
    }
}
