// Searches documents: JSON lines, regular expressions, Unicode, goroutines, time, files.
//
// index FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"
	"unicode/utf8"
)

// readAll reads the files side by side; the parts come in the order of the files.
func readAll(paths []string) ([]part, error) {
	type result struct {
		at   int
		part part
		err  error
	}
	results := make(chan result)
	for at, path := range paths {
		go func(at int, path string) {
			part, err := read(path)
			results <- result{at, part, err}
		}(at, path)
	}
	parts := make([]part, len(paths))
	var failure error
	for range paths {
		result := <-results
		parts[result.at] = result.part
		if result.err != nil {
			failure = result.err
		}
	}
	return parts, failure
}

func describe(documents []document, index index) {
	words, tags := counts{}, counts{}
	pages, total := 0, 0
	for _, document := range documents {
		words.addAll(document.words)
		for _, tag := range document.Tags {
			tags[tag]++
		}
		pages += document.Pages
	}
	for _, count := range words {
		total += count
	}
	fmt.Printf("%d documents, %d pages, %d words, %d different\n", len(documents), pages, total, len(index))
	byTime := append([]document(nil), documents...)
	sort.SliceStable(byTime, func(i, j int) bool { return byTime[i].Time < byTime[j].Time })
	for _, document := range byTime {
		moment := time.Unix(document.Time, 0).UTC()
		fmt.Printf("%s  %s  %s\n", moment.Format("2006-01-02 15:04:05 Mon"), document.ID, toJSON(document.Title))
	}
	fmt.Println("tags:", tags.ranked())
	fmt.Println("frequent:", words.ranked()[:8])
	longest := ""
	for word := range words {
		more := utf8.RuneCountInString(word) - utf8.RuneCountInString(longest)
		if more > 0 || more == 0 && word < longest {
			longest = word
		}
	}
	fmt.Printf("longest: %s (%d characters, %d bytes)\n", longest, utf8.RuneCountInString(longest), len(longest))
}

func answerAll(index index, queries *bufio.Scanner) error {
	for queries.Scan() {
		query := strings.TrimSpace(queries.Text())
		if query != "" && !strings.HasPrefix(query, "#") {
			fmt.Printf("%s: %s\n", query, index.answer(query))
		}
	}
	return queries.Err()
}

func run(paths []string) error {
	if len(paths) == 0 {
		return fmt.Errorf("usage: index FILE... < QUERIES")
	}
	parts, err := readAll(paths)
	if err != nil {
		return err
	}
	var documents []document
	for _, part := range parts {
		fmt.Printf("%s: %d documents, %d skipped\n", part.name, len(part.documents), part.skipped)
		documents = append(documents, part.documents...)
	}
	index := invert(documents)
	describe(documents, index)
	if err := answerAll(index, bufio.NewScanner(os.Stdin)); err != nil {
		return err
	}
	path, err := save(documents, index)
	if err != nil {
		return err
	}
	return check(path, index)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
