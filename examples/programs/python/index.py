"""Searches documents: JSON lines, regular expressions, Unicode normalisation, processes, time, files.

index.py FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
"""

import json
import os
import re
import sys
import unicodedata
import zlib
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

WORD = re.compile(r"[^\W_]+")
MARKS = re.compile("[\u0300-\u036f]")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Document:
    id: str
    time: int
    title: str
    pages: int
    tags: tuple[str, ...]
    words: Counter[str]


@dataclass
class Part:
    """What one file had."""

    name: str
    documents: list[Document] = field(default_factory=list)
    skipped: int = 0


def fold(text: str) -> str:
    """As words are compared: without case and without marks."""
    return MARKS.sub("", unicodedata.normalize("NFD", text.lower()))


def parse(line: str) -> Document:
    """Raises ValueError, KeyError or TypeError for a line that is no document."""
    found = json.loads(line)
    words = Counter(WORD.findall(fold(f"{found['title']} {found['text']}")))
    return Document(found["id"], found["time"], found["title"], found["pages"] or 0, tuple(found["tags"]), words)


def read(path: str) -> Part:
    part = Part(Path(path).name)
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        try:
            part.documents.append(parse(line))
        except (ValueError, KeyError, TypeError):
            part.skipped += 1
    return part


def invert(documents: list[Document]) -> dict[str, dict[str, int]]:
    """Word to document to how often it occurs there, words in order."""
    index: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for document in documents:
        for word, count in document.words.items():
            index[word][document.id] = count
    return dict(sorted(index.items()))


def look_up(index: dict[str, dict[str, int]], term: str) -> Counter[str]:
    """Documents with the term, or with words that begin with it, and how often they have it."""
    if not term.endswith("*"):
        return Counter(index.get(term, {}))
    return sum((Counter(found) for word, found in index.items() if word.startswith(term[:-1])), Counter())


def answer(index: dict[str, dict[str, int]], query: str) -> list[tuple[str, int]]:
    terms = [fold(term) for term in query.split()]
    wanted = [look_up(index, term) for term in terms if not term.startswith("-")]
    unwanted = {id for term in terms if term.startswith("-") for id in look_up(index, term[1:])}
    if not wanted:
        return []
    shared = set.intersection(*(set(found) for found in wanted)) - unwanted
    scores = [(id, sum(found[id] for found in wanted)) for id in shared]
    return sorted(scores, key=lambda entry: (-entry[1], entry[0]))


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; those of the same count by name."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def listed(entries: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in entries) or "nothing"


def describe(documents: list[Document], index: dict[str, dict[str, int]]) -> None:
    words = sum((document.words for document in documents), Counter())
    pages = sum(document.pages for document in documents)
    print(f"{len(documents)} documents, {pages} pages, {words.total()} words, {len(index)} different")
    for document in sorted(documents, key=lambda document: document.time):
        moment = EPOCH + timedelta(seconds=document.time)
        print(f"{moment:%Y-%m-%d %H:%M:%S %a}  {document.id}  {json.dumps(document.title, ensure_ascii=False)}")
    print("tags:", listed(ranked(Counter(tag for document in documents for tag in document.tags))))
    print("frequent:", listed(ranked(words)[:8]))
    longest = min(words, key=lambda word: (-len(word), word))
    print(f"longest: {longest} ({len(longest)} characters, {len(longest.encode())} bytes)")


def save(documents: list[Document], index: dict[str, dict[str, int]]) -> Path:
    """Written beside its place and moved there, so that nobody ever sees half of it."""
    titles = {document.id: document.title for document in documents}
    content = {"documents": titles, "words": [{"word": word, "in": found} for word, found in index.items()]}
    directory = Path("index")
    directory.mkdir()
    beside, path = directory / "index.json.tmp", directory / "index.json"
    beside.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    os.replace(beside, path)
    return path


def check(path: Path, index: dict[str, dict[str, int]]) -> None:
    data = path.read_bytes()
    again = {entry["word"]: entry["in"] for entry in json.loads(data)["words"]}
    verdict = "the same" if again == index else "another"
    print(f"index.json: {len(data)} bytes, crc32 {zlib.crc32(data):08x}, {len(again)} words read back, {verdict}")
    print("files:", ", ".join(sorted(entry.name for entry in path.parent.iterdir())))


def main() -> None:
    paths = sys.argv[1:]
    if not paths:
        sys.exit("usage: index FILE... < QUERIES")
    with ProcessPoolExecutor(len(paths)) as pool:
        parts = list(pool.map(read, paths))
    for part in parts:
        print(f"{part.name}: {len(part.documents)} documents, {part.skipped} skipped")
    documents = [document for part in parts for document in part.documents]
    index = invert(documents)
    describe(documents, index)
    for line in sys.stdin:
        query = line.strip()
        if query and not query.startswith("#"):
            print(f"{query}: {listed(answer(index, query))}")
    check(save(documents, index), index)


if __name__ == "__main__":
    main()
