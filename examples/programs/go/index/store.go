package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
)

type storedWord struct {
	Word string `json:"word"`
	In   counts `json:"in"`
}

type stored struct {
	Documents map[string]string `json:"documents"`
	Words     []storedWord      `json:"words"`
}

// toJSON is json.Marshal without the escapes for HTML.
func toJSON(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// save writes the file beside its place and moves it there, so that nobody ever sees half of it.
func save(documents []document, words index) (string, error) {
	content := stored{Documents: map[string]string{}}
	for _, document := range documents {
		content.Documents[document.ID] = document.Title
	}
	for word, found := range words {
		content.Words = append(content.Words, storedWord{word, found})
	}
	sort.Slice(content.Words, func(i, j int) bool { return content.Words[i].Word < content.Words[j].Word })
	path := filepath.Join("index", "index.json")
	if err := os.Mkdir("index", 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(path+".tmp", []byte(toJSON(content)+"\n"), 0o644); err != nil {
		return "", err
	}
	return path, os.Rename(path+".tmp", path)
}

func check(path string, words index) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var content stored
	if err := json.Unmarshal(data, &content); err != nil {
		return err
	}
	again := index{}
	for _, entry := range content.Words {
		again[entry.Word] = entry.In
	}
	verdict := "another"
	if reflect.DeepEqual(again, words) {
		verdict = "the same"
	}
	sum := crc32.ChecksumIEEE(data)
	fmt.Printf("index.json: %d bytes, crc32 %08x, %d words read back, %s\n", len(data), sum, len(again), verdict)
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	names := make([]string, len(files))
	for at, file := range files {
		names[at] = file.Name()
	}
	fmt.Println("files:", strings.Join(names, ", "))
	return nil
}
