package main

import (
	"fmt"
	"sort"
	"strings"
)

type counts map[string]int

type entry struct {
	name  string
	count int
}

type entries []entry

// index leads from a word to a document to how often it occurs there.
type index map[string]counts

func (into counts) addAll(other counts) {
	for name, count := range other {
		into[name] += count
	}
}

// ranked has the most frequent first; those of the same count by name.
func (from counts) ranked() entries {
	all := make(entries, 0, len(from))
	for name, count := range from {
		all = append(all, entry{name, count})
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].count != all[j].count {
			return all[i].count > all[j].count
		}
		return all[i].name < all[j].name
	})
	return all
}

func (all entries) String() string {
	if len(all) == 0 {
		return "nothing"
	}
	texts := make([]string, len(all))
	for at, entry := range all {
		texts[at] = fmt.Sprintf("%s %d", entry.name, entry.count)
	}
	return strings.Join(texts, ", ")
}

func invert(documents []document) index {
	words := index{}
	for _, document := range documents {
		for word, count := range document.words {
			if words[word] == nil {
				words[word] = counts{}
			}
			words[word][document.ID] = count
		}
	}
	return words
}

// lookUp finds documents with the term, or with words that begin with it, and how often they have it.
func (words index) lookUp(term string) counts {
	start := strings.TrimSuffix(term, "*")
	if start == term {
		return words[term]
	}
	found := counts{}
	for word, documents := range words {
		if strings.HasPrefix(word, start) {
			found.addAll(documents)
		}
	}
	return found
}

func (words index) answer(query string) entries {
	scores, unwanted := counts{}, counts{}
	hits := counts{}
	wanted := 0
	for _, term := range strings.Fields(fold(query)) {
		if strings.HasPrefix(term, "-") {
			unwanted.addAll(words.lookUp(term[1:]))
			continue
		}
		wanted++
		for id, count := range words.lookUp(term) {
			scores[id] += count
			hits[id]++
		}
	}
	for id := range scores {
		if hits[id] < wanted || unwanted[id] > 0 {
			delete(scores, id)
		}
	}
	return scores.ranked()
}
