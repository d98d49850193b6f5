package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

type document struct {
	ID    string   `json:"id"`
	Time  int64    `json:"time"`
	Title string   `json:"title"`
	Pages int      `json:"pages"`
	Tags  []string `json:"tags"`
	Text  string   `json:"text"`
	words counts
}

// part is what one file had.
type part struct {
	name      string
	documents []document
	skipped   int
}

var word = regexp.MustCompile(`[\pL\pN]+`)

// Letters with marks as one code point; the standard library does not decompose them.
var plain = decompositions(map[string]string{
	"a": "àáâãäåāăą", "c": "çćč", "d": "ď", "e": "èéêëēěę", "g": "ğ", "i": "ìíîïī", "n": "ñńň", "o": "òóôõöő",
	"r": "ŕř", "s": "śşš", "t": "ťţ", "u": "ùúûüůű", "y": "ýÿ", "z": "źżž",
	"α": "ά", "ε": "έ", "η": "ή", "ι": "ίϊΐ", "ο": "ό", "υ": "ύϋΰ", "ω": "ώ", "е": "ёѐ", "и": "йѝ",
})

func decompositions(groups map[string]string) *strings.Replacer {
	var pairs []string
	for letter, marked := range groups {
		for _, each := range marked {
			pairs = append(pairs, string(each), letter)
		}
	}
	return strings.NewReplacer(pairs...)
}

// fold makes text as words are compared: without case and without marks.
func fold(text string) string {
	unmarked := strings.Map(func(letter rune) rune {
		if unicode.Is(unicode.Mn, letter) {
			return -1
		}
		return unicode.ToLower(letter)
	}, text)
	return plain.Replace(unmarked)
}

func parse(line string) (document, error) {
	var found document
	if err := json.Unmarshal([]byte(line), &found); err != nil {
		return found, err
	}
	found.words = counts{}
	for _, each := range word.FindAllString(fold(found.Title+" "+found.Text), -1) {
		found.words[each]++
	}
	return found, nil
}

func read(path string) (part, error) {
	result := part{name: filepath.Base(path)}
	content, err := os.ReadFile(path)
	if err != nil {
		return result, err
	}
	for _, line := range strings.Split(string(content), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		found, err := parse(line)
		if err != nil {
			result.skipped++
			continue
		}
		result.documents = append(result.documents, found)
	}
	return result, nil
}
