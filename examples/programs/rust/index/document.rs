//! Documents and their words.
use crate::json::Json;
use crate::search::Counts;
use std::path::Path;
use std::{fs, io};

pub struct Document {
    pub id: String,
    /// Seconds since 1970.
    pub time: i64,
    pub title: String,
    pub pages: u64,
    pub tags: Vec<String>,
    pub words: Counts,
}

/// What one file had.
pub struct Part {
    pub name: String,
    pub documents: Vec<Document>,
    pub skipped: usize,
}

/// Letters with marks as one code point; the standard library does not decompose them.
const PLAIN: [(char, &str); 24] = [
    ('a', "àáâãäåāăą"),
    ('c', "çćč"),
    ('d', "ď"),
    ('e', "èéêëēěę"),
    ('g', "ğ"),
    ('i', "ìíîïī"),
    ('n', "ñńň"),
    ('o', "òóôõöő"),
    ('r', "ŕř"),
    ('s', "śşš"),
    ('t', "ťţ"),
    ('u', "ùúûüůű"),
    ('w', "ŵ"),
    ('y', "ýÿ"),
    ('z', "źżž"),
    ('α', "ά"),
    ('ε', "έ"),
    ('η', "ή"),
    ('ι', "ίϊΐ"),
    ('ο', "ό"),
    ('υ', "ύϋΰ"),
    ('ω', "ώ"),
    ('е', "ёѐ"),
    ('и', "йѝ"),
];

/// As words are compared: without case and without marks.
pub fn fold(text: &str) -> String {
    let lower = text.chars().flat_map(char::to_lowercase);
    lower.filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).map(plain).collect()
}

fn plain(letter: char) -> char {
    PLAIN.iter().find(|(_, marked)| marked.contains(letter)).map_or(letter, |(plain, _)| *plain)
}

impl Document {
    /// `None` for a line that is no document.
    fn parse(line: &str) -> Option<Document> {
        let found: Json = line.parse().ok()?;
        let title = found.get("title")?.text()?.to_string();
        let text = fold(&format!("{title} {}", found.get("text")?.text()?));
        let mut words = Counts::new();
        for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
            *words.entry(word.to_string()).or_default() += 1;
        }
        Some(Document {
            id: found.get("id")?.text()?.to_string(),
            time: found.get("time")?.number()? as i64,
            title,
            pages: found.get("pages").and_then(Json::number).unwrap_or(0.0) as u64,
            tags: found.get("tags")?.items()?.iter().filter_map(Json::text).map(str::to_string).collect(),
            words,
        })
    }
}

impl Part {
    pub fn read(path: &Path) -> io::Result<Part> {
        let content = fs::read_to_string(path)?;
        let found: Vec<_> = content.lines().filter(|line| !line.trim().is_empty()).map(Document::parse).collect();
        let lines = found.len();
        let documents: Vec<_> = found.into_iter().flatten().collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Part { name, skipped: lines - documents.len(), documents })
    }
}
