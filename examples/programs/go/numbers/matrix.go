package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

type matrix [][]int

const shown = 4

func square(size int, entry func(row, column int) int) matrix {
	rows := make(matrix, size)
	for row := range rows {
		rows[row] = make([]int, size)
		for column := range rows[row] {
			rows[row][column] = entry(row, column)
		}
	}
	return rows
}

// product has its rows shared out among the workers.
func product(left, right matrix, workers int) matrix {
	result := make(matrix, len(left))
	rows := make(chan int)
	var group sync.WaitGroup
	for ; workers > 0; workers-- {
		group.Add(1)
		go func() {
			defer group.Done()
			for row := range rows {
				result[row] = rowOf(left[row], right)
			}
		}()
	}
	for row := range left {
		rows <- row
	}
	close(rows)
	group.Wait()
	return result
}

func rowOf(row []int, right matrix) []int {
	result := make([]int, len(right[0]))
	for at, entry := range row {
		for column, factor := range right[at] {
			result[column] += entry * factor
		}
	}
	return result
}

func describeProduct(size, workers int) []string {
	left := square(size, func(row, column int) int { return (7*row + 3*column) % 11 })
	right := square(size, func(row, column int) int { return (5*row + 2*column) % 13 })
	result := product(left, right, workers)
	trace, sum, most := 0, 0, 0
	for at, row := range result {
		trace += row[at]
		for _, entry := range row {
			sum += entry
			if entry > most {
				most = entry
			}
		}
	}
	corner := square(shown, func(row, column int) int { return result[row][column] })
	return append([]string{fmt.Sprintf("matrix %d: trace %d, sum %d, most %d", size, trace, sum, most)}, table(corner)...)
}

func table(rows matrix) []string {
	width := 0
	for _, row := range rows {
		for _, entry := range row {
			if digits := len(strconv.Itoa(entry)); digits > width {
				width = digits
			}
		}
	}
	rule := func(left, middle, right string) string {
		lines := make([]string, len(rows[0]))
		for at := range lines {
			lines[at] = strings.Repeat("─", width+2)
		}
		return left + strings.Join(lines, middle) + right
	}
	lines := []string{rule("┌", "┬", "┐")}
	for at, row := range rows {
		if at > 0 {
			lines = append(lines, rule("├", "┼", "┤"))
		}
		var cells strings.Builder
		for _, entry := range row {
			fmt.Fprintf(&cells, "│ %*d ", width, entry)
		}
		lines = append(lines, cells.String()+"│")
	}
	return append(lines, rule("└", "┴", "┘"))
}
