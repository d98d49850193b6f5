//! The index: which word is in which documents.
use crate::document::{fold, Document};
use crate::json::Json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub type Counts = BTreeMap<String, usize>;

/// The most frequent first; those of the same count by name.
pub fn ranked(counts: Counts) -> Vec<(String, usize)> {
    let mut entries: Vec<_> = counts.into_iter().collect();
    entries.sort_by_key(|(_, count)| Reverse(*count));
    entries
}

pub fn listed(entries: &[(String, usize)]) -> String {
    if entries.is_empty() {
        return "nothing".to_string();
    }
    entries.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// Word to document to how often it occurs there.
#[derive(PartialEq)]
pub struct Index(BTreeMap<String, Counts>);

impl Index {
    pub fn of(documents: &[Document]) -> Index {
        let mut words: BTreeMap<String, Counts> = BTreeMap::new();
        for document in documents {
            for (word, count) in &document.words {
                words.entry(word.clone()).or_default().insert(document.id.clone(), *count);
            }
        }
        Index(words)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Documents with the term, or with words that begin with it, and how often they have it.
    fn look_up(&self, term: &str) -> Counts {
        let start = match term.strip_suffix('*') {
            None => return self.0.get(term).cloned().unwrap_or_default(),
            Some(start) => start,
        };
        let mut found = Counts::new();
        let words = self.0.range(start.to_string()..).take_while(|(word, _)| word.starts_with(start));
        for (id, count) in words.flat_map(|(_, documents)| documents) {
            *found.entry(id.clone()).or_default() += count;
        }
        found
    }

    pub fn answer(&self, query: &str) -> Vec<(String, usize)> {
        let query = fold(query);
        let (unwanted, wanted): (Vec<_>, Vec<_>) = query.split_whitespace().partition(|term| term.starts_with('-'));
        let unwanted: BTreeSet<String> =
            unwanted.iter().flat_map(|term| self.look_up(&term[1..]).into_keys()).collect();
        let wanted: Vec<Counts> = wanted.iter().map(|term| self.look_up(term)).collect();
        let mut scores = Counts::new();
        for (id, count) in wanted.iter().flatten() {
            if !unwanted.contains(id) && wanted.iter().all(|found| found.contains_key(id)) {
                *scores.entry(id.clone()).or_default() += count;
            }
        }
        ranked(scores)
    }

    pub fn to_json(&self) -> Json {
        let entry = |(word, found): (&String, &Counts)| {
            let found = found.iter().map(|(id, count)| (id.clone(), Json::Number(*count as f64))).collect();
            Json::Object(vec![("word".into(), Json::from(word.as_str())), ("in".into(), Json::Object(found))])
        };
        Json::Array(self.0.iter().map(entry).collect())
    }

    /// `None` for JSON that is no stored index.
    pub fn from_json(content: &Json) -> Option<Index> {
        let entry = |entry: &Json| -> Option<(String, Counts)> {
            let found = match entry.get("in")? {
                Json::Object(found) => found,
                _ => return None,
            };
            let counts = found.iter().map(|(id, count)| Some((id.clone(), count.number()? as usize)));
            Some((entry.get("word")?.text()?.to_string(), counts.collect::<Option<_>>()?))
        };
        Some(Index(content.get("words")?.items()?.iter().map(entry).collect::<Option<_>>()?))
    }
}
