//! Searches documents: JSON lines, Unicode, threads, time, files; JSON, calendar and CRC by hand (the standard library
//! has none of them, nor regular expressions).
//!
//! `index FILE...` indexes the documents of the files, answers the queries of standard input, and writes the index.
mod document;
mod json;
mod moment;
mod search;

use document::{Document, Part};
use json::Json;
use search::{listed, ranked, Counts, Index};
use std::cmp::Reverse;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io, thread};

/// Reads the files side by side; the parts come in the order of the files.
fn read_all(files: &[String]) -> io::Result<Vec<Part>> {
    thread::scope(|scope| {
        let readers: Vec<_> = files.iter().map(|file| scope.spawn(|| Part::read(Path::new(file)))).collect();
        readers.into_iter().map(|reader| reader.join().expect("a reader does not panic")).collect()
    })
}

fn describe(documents: &[Document], index: &Index) {
    let mut words = Counts::new();
    let mut tags = Counts::new();
    for document in documents {
        for (word, count) in &document.words {
            *words.entry(word.clone()).or_default() += count;
        }
        for tag in &document.tags {
            *tags.entry(tag.clone()).or_default() += 1;
        }
    }
    let pages: u64 = documents.iter().map(|document| document.pages).sum();
    let total: usize = words.values().sum();
    println!("{} documents, {pages} pages, {total} words, {} different", documents.len(), index.len());
    let mut by_time: Vec<&Document> = documents.iter().collect();
    by_time.sort_by_key(|document| document.time);
    for Document { id, time, title, .. } in by_time {
        println!("{}  {id}  {}", moment::format(*time), Json::from(title.as_str()));
    }
    println!("tags: {}", listed(&ranked(tags)));
    let longest = words.keys().min_by_key(|word| Reverse(word.chars().count())).cloned().unwrap_or_default();
    println!("frequent: {}", listed(&ranked(words)[..8]));
    println!("longest: {longest} ({} characters, {} bytes)", longest.chars().count(), longest.len());
}

fn answer_all(index: &Index) -> io::Result<()> {
    for line in io::stdin().lines() {
        let line = line?;
        let query = line.trim();
        if !query.is_empty() && !query.starts_with('#') {
            println!("{query}: {}", listed(&index.answer(query)));
        }
    }
    Ok(())
}

/// Written beside its place and moved there, so that nobody ever sees half of it.
fn save(documents: &[Document], index: &Index) -> io::Result<PathBuf> {
    let titles = documents.iter().map(|Document { id, title, .. }| (id.clone(), Json::from(title.as_str())));
    let titles = Json::Object(titles.collect());
    let content = Json::Object(vec![("documents".into(), titles), ("words".into(), index.to_json())]);
    fs::create_dir("index")?;
    let path = PathBuf::from("index/index.json");
    let beside = path.with_extension("json.tmp");
    fs::write(&beside, format!("{content}\n"))?;
    fs::rename(beside, &path)?;
    Ok(path)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |value, byte| {
        (0..8).fold(value ^ u32::from(*byte), |value, _| (value >> 1) ^ (0xedb8_8320 & (value & 1).wrapping_neg()))
    })
}

fn check(path: &Path, index: &Index) -> Result<(), Box<dyn Error>> {
    let data = fs::read_to_string(path)?;
    let again = Index::from_json(&data.parse()?).ok_or("no index in the file")?;
    let verdict = if again == *index { "the same" } else { "another" };
    let crc = crc32(data.as_bytes());
    println!("index.json: {} bytes, crc32 {crc:08x}, {} words read back, {verdict}", data.len(), again.len());
    let mut names = Vec::new();
    for entry in fs::read_dir("index")? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    println!("files: {}", names.join(", "));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = env::args().skip(1).collect();
    if files.is_empty() {
        return Err("usage: index FILE... < QUERIES".into());
    }
    let parts = read_all(&files)?;
    for Part { name, documents, skipped } in &parts {
        println!("{name}: {} documents, {skipped} skipped", documents.len());
    }
    let documents: Vec<Document> = parts.into_iter().flat_map(|part| part.documents).collect();
    let index = Index::of(&documents);
    describe(&documents, &index);
    answer_all(&index)?;
    check(&save(&documents, &index)?, &index)
}
