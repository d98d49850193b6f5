// Reads orders from standard input and prints a report: regular expressions, Unicode, big integers, goroutines, files, JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

var line = regexp.MustCompile(`^([0-9]+);([^;]+);([0-9]+);([0-9]+)\.([0-9]{2});(.*)$`)

type order struct {
	customer string
	cents    int
	note     string
}

type total struct {
	customer string
	cents    int
}

// parse gives false for a line that is no order.
func parse(text string) (order, bool) {
	found := line.FindStringSubmatch(text)
	if found == nil {
		return order{}, false
	}
	quantity, _ := strconv.Atoi(found[3])
	units, _ := strconv.Atoi(found[4])
	cents, _ := strconv.Atoi(found[5])
	return order{found[2], quantity * (units*100 + cents), found[6]}, true
}

func amount(cents int) string {
	return fmt.Sprintf("%d.%02d", cents/100, cents%100)
}

func totalsOf(orders []order) []total {
	sums := map[string]int{}
	for _, one := range orders {
		sums[one.customer] += one.cents
	}
	ranking := make([]total, 0, len(sums))
	for customer, cents := range sums {
		ranking = append(ranking, total{customer, cents})
	}
	sort.Slice(ranking, func(i, j int) bool {
		a, b := ranking[i], ranking[j]
		return a.cents > b.cents || a.cents == b.cents && a.customer < b.customer
	})
	return ranking
}

func fibonacci(number int) *big.Int {
	previous, current := big.NewInt(0), big.NewInt(1)
	for i := 0; i < number; i++ {
		previous.Add(previous, current)
		previous, current = current, previous
	}
	return previous
}

func isPrime(number int) bool {
	if number < 2 {
		return false
	}
	for divisor := 2; divisor*divisor <= number; divisor++ {
		if number%divisor == 0 {
			return false
		}
	}
	return true
}

func countPrimes(limit, workers int) (count, sum int) {
	type part struct{ count, sum int }
	parts := make(chan part)
	step := limit / workers
	for from := 0; from < limit; from += step {
		go func(from int) {
			var found part
			for number := from; number < from+step; number++ {
				if isPrime(number) {
					found.count++
					found.sum += number
				}
			}
			parts <- found
		}(from)
	}
	for i := 0; i < workers; i++ {
		found := <-parts
		count += found.count
		sum += found.sum
	}
	return count, sum
}

func writeAndRead(path, text string) []byte {
	check(os.Mkdir(filepath.Dir(path), 0o755))
	check(os.WriteFile(path, []byte(text), 0o644))
	data, err := os.ReadFile(path)
	check(err)
	return data
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	check(err)
	var orders []order
	rejected, all := 0, 0
	longest := ""
	for _, text := range strings.Split(strings.TrimSpace(string(input)), "\n") {
		one, ok := parse(text)
		if !ok {
			rejected++
			continue
		}
		orders = append(orders, one)
		if utf8.RuneCountInString(one.note) > utf8.RuneCountInString(longest) {
			longest = one.note
		}
	}
	var report strings.Builder
	fmt.Fprintf(&report, "accepted %d, rejected %d\n", len(orders), rejected)
	customers := []string{}
	for _, entry := range totalsOf(orders) {
		// The width of a verb counts runes.
		fmt.Fprintf(&report, "%-16s%10s\n", entry.customer, amount(entry.cents))
		customers = append(customers, entry.customer)
		all += entry.cents
	}
	fmt.Fprintf(&report, "longest note: %s (%d characters)\n", longest, utf8.RuneCountInString(longest))
	fmt.Fprintf(&report, "30! = %s\n", new(big.Int).MulRange(1, 30))
	fmt.Fprintf(&report, "fib(150) = %s\n", fibonacci(150))
	count, sum := countPrimes(20_000, 4)
	fmt.Fprintf(&report, "primes below 20000: %d, sum %d\n", count, sum)
	fmt.Print(report.String())

	data := writeAndRead("out/report.txt", report.String())
	hash := fnv.New32a()
	hash.Write(data)
	fmt.Printf("report.txt: %d lines, %d bytes, fnv1a 0x%08x\n", bytes.Count(data, []byte("\n")), len(data), hash.Sum32())
	summary, err := json.Marshal(struct {
		Accepted  int      `json:"accepted"`
		Rejected  int      `json:"rejected"`
		Total     string   `json:"total"`
		Customers []string `json:"customers"`
	}{len(orders), rejected, amount(all), customers})
	check(err)
	fmt.Println(string(summary))
}
