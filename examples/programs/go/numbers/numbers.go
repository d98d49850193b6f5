// Calculates: big integers, modular arithmetic, goroutines, bits, a digest, box drawing.
//
// numbers WORKERS reads one task to a line of standard input.
package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/bits"
	"os"
	"strconv"
	"strings"
)

var (
	one   = big.NewInt(1)
	two   = big.NewInt(2)
	bases = []int64{2, 3, 5, 7, 11, 13}
)

func fibonacci(number int64) *big.Int {
	previous, current := big.NewInt(0), big.NewInt(1)
	for ; number > 0; number-- {
		previous.Add(previous, current)
		previous, current = current, previous
	}
	return previous
}

// isWitness tells whether the base shows by Miller and Rabin's test that the number is not prime.
func isWitness(base, number *big.Int) bool {
	if new(big.Int).Mod(base, number).Sign() == 0 {
		return false
	}
	last := new(big.Int).Sub(number, one)
	twos := last.TrailingZeroBits()
	power := new(big.Int).Exp(base, new(big.Int).Rsh(last, twos), number)
	if power.Cmp(one) == 0 {
		return false
	}
	for ; twos > 0; twos-- {
		if power.Cmp(last) == 0 {
			return false
		}
		power.Exp(power, two, number)
	}
	return true
}

func primality(number *big.Int) string {
	for _, base := range bases {
		if isWitness(big.NewInt(base), number) {
			return fmt.Sprintf("%s is composite, says %d", number, base)
		}
	}
	return fmt.Sprintf("%s is prime", number)
}

func chunks(text string, size int) []string {
	var parts []string
	letters := []rune(text)
	for len(letters) > size {
		parts = append(parts, string(letters[:size]))
		letters = letters[size:]
	}
	return append(parts, string(letters))
}

func longNumber(name string, number *big.Int) []string {
	digits := number.String()
	sum := 0
	for _, digit := range digits {
		sum += int(digit - '0')
	}
	lines := []string{fmt.Sprintf("%s has %d digits, their sum is %d", name, len(digits), sum)}
	for _, line := range chunks(digits, 60) {
		lines = append(lines, "  "+line)
	}
	return lines
}

// describeBits is about a word of 32 bits.
func describeBits(word uint32) []string {
	const form = "bits %08x: %d set, %d leading and %d trailing zeros, reversed %08x, rotated %08x, gray %08x"
	summary := fmt.Sprintf(form, word, bits.OnesCount32(word), bits.LeadingZeros32(word), bits.TrailingZeros32(word),
		bits.Reverse32(word), bits.RotateLeft32(word, 7), word^word>>1)
	drawn := strings.NewReplacer("0", "░", "1", "█").Replace(fmt.Sprintf("%032b", word))
	return []string{summary, "  " + strings.Join(chunks(drawn, 8), " ")}
}

var errNoTask = errors.New("no such task")

// operands are the numbers of a task, which has to have as many.
func operands(words []string, count int) ([]*big.Int, error) {
	if len(words) != count {
		return nil, errNoTask
	}
	numbers := make([]*big.Int, count)
	for at, word := range words {
		number, ok := new(big.Int).SetString(word, 10)
		if !ok {
			return nil, errNoTask
		}
		numbers[at] = number
	}
	return numbers, nil
}

type task struct {
	operands int
	solve    func(numbers []*big.Int, workers int) []string
}

var tasks = map[string]task{
	"factorial": {1, func(of []*big.Int, _ int) []string {
		return longNumber(of[0].String()+"!", new(big.Int).MulRange(1, of[0].Int64()))
	}},
	"fibonacci": {1, func(of []*big.Int, _ int) []string {
		return longNumber("fibonacci "+of[0].String(), fibonacci(of[0].Int64()))
	}},
	"gcd": {2, func(of []*big.Int, _ int) []string {
		return []string{"gcd " + new(big.Int).GCD(nil, nil, of[0], of[1]).String()}
	}},
	"power": {3, func(of []*big.Int, _ int) []string {
		return []string{"power " + new(big.Int).Exp(of[0], of[1], of[2]).String()}
	}},
	"prime": {1, func(of []*big.Int, _ int) []string { return []string{primality(of[0])} }},
	"base": {2, func(of []*big.Int, _ int) []string {
		return []string{fmt.Sprintf("base %s: %s", of[0], of[1].Text(int(of[0].Int64())))}
	}},
	"matrix": {1, func(of []*big.Int, workers int) []string { return describeProduct(int(of[0].Int64()), workers) }},
	"bits":   {1, func(of []*big.Int, _ int) []string { return describeBits(uint32(of[0].Uint64())) }},
}

func solve(line string, workers int) []string {
	words := strings.Fields(line)
	task := tasks[words[0]]
	numbers, err := operands(words[1:], task.operands)
	if task.solve == nil || err != nil {
		return []string{fmt.Sprintf("%v: %s", errNoTask, line)}
	}
	return task.solve(numbers, workers)
}

func run(arguments []string) error {
	usage := errors.New("usage: numbers WORKERS < TASKS")
	if len(arguments) != 1 {
		return usage
	}
	workers, err := strconv.Atoi(arguments[0])
	if err != nil || workers < 1 {
		return usage
	}
	digest := sha256.New()
	output := io.MultiWriter(os.Stdout, digest)
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		line := strings.TrimSpace(input.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		for _, answer := range solve(line, workers) {
			fmt.Fprintln(output, answer)
		}
	}
	fmt.Printf("sha256 %x\n", digest.Sum(nil))
	return input.Err()
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
