"""Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing.

numbers.py WORKERS reads one task to a line of standard input.
"""

import hashlib
import math
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from textwrap import wrap

BASES = (2, 3, 5, 7, 11, 13)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SHOWN = 4

Matrix = list[list[int]]


def fibonacci(number: int) -> int:
    previous, current = 0, 1
    for _ in range(number):
        previous, current = current, previous + current
    return previous


def witness_against(number: int) -> int | None:
    """The first base that shows by Miller and Rabin's test that the number is not prime."""
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    odd = (number - 1) >> twos
    for base in BASES:
        if base % number == 0:
            continue
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return base
    return None


def in_base(number: int, base: int) -> str:
    digits = []
    while number > 0:
        number, digit = divmod(number, base)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits)) or "0"


def long_number(name: str, number: int) -> Iterator[str]:
    digits = str(number)
    yield f"{name} has {len(digits)} digits, their sum is {sum(map(int, digits))}"
    yield from (f"  {line}" for line in wrap(digits, 60))


def product(left: Matrix, right: Matrix, workers: int) -> Matrix:
    """Rows are shared out among the workers."""
    columns = list(zip(*right))

    def row_of(row: list[int]) -> list[int]:
        return [sum(map(int.__mul__, row, column)) for column in columns]

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(row_of, left))


def table(rows: Matrix) -> Iterator[str]:
    width = max(len(str(entry)) for row in rows for entry in row) + 2

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * width for _ in rows[0]) + right

    lines = ["│" + "│".join(f"{entry:>{width - 1}} " for entry in row) + "│" for row in rows]
    yield rule("┌", "┬", "┐")
    for line, following in pairwise(lines):
        yield line
        yield rule("├", "┼", "┤")
    yield lines[-1]
    yield rule("└", "┴", "┘")


def matrix(size: int, workers: int) -> Iterator[str]:
    left = [[(7 * row + 3 * column) % 11 for column in range(size)] for row in range(size)]
    right = [[(5 * row + 2 * column) % 13 for column in range(size)] for row in range(size)]
    result = product(left, right, workers)
    trace = sum(row[at] for at, row in enumerate(result))
    yield f"matrix {size}: trace {trace}, sum {sum(map(sum, result))}, most {max(map(max, result))}"
    yield from table([row[:SHOWN] for row in result[:SHOWN]])


def bits(word: int) -> Iterator[str]:
    """Of 32 bits."""
    text = f"{word:032b}"
    trailing = 32 - len(text.rstrip("0"))
    rotated = (word << 7 | word >> 25) & 0xFFFFFFFF
    yield (
        f"bits {word:08x}: {word.bit_count()} set, {32 - word.bit_length()} leading and {trailing} trailing zeros,"
        f" reversed {int(text[::-1], 2):08x}, rotated {rotated:08x}, gray {word ^ word >> 1:08x}"
    )
    yield "  " + " ".join(wrap(text.replace("0", "░").replace("1", "█"), 8))


def solve(task: str, workers: int) -> Iterator[str]:
    match task.split():
        case ["factorial", number]:
            yield from long_number(f"{number}!", math.factorial(int(number)))
        case ["fibonacci", number]:
            yield from long_number(f"fibonacci {number}", fibonacci(int(number)))
        case ["gcd", *numbers]:
            yield f"gcd {math.gcd(*map(int, numbers))}"
        case ["power", base, exponent, modulus]:
            yield f"power {pow(int(base), int(exponent), int(modulus))}"
        case ["prime", number]:
            witness = witness_against(int(number))
            verdict = "prime" if witness is None else f"composite, says {witness}"
            yield f"{number} is {verdict}"
        case ["base", base, number]:
            yield f"base {base}: {in_base(int(number), int(base))}"
        case ["matrix", size]:
            yield from matrix(int(size), workers)
        case ["bits", word]:
            yield from bits(int(word))
        case _:
            yield f"no such task: {task}"


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal() or int(sys.argv[1]) < 1:
        sys.exit("usage: numbers WORKERS < TASKS")
    digest = hashlib.sha256()
    for line in sys.stdin:
        task = line.strip()
        if not task or task.startswith("#"):
            continue
        for answer in solve(task, int(sys.argv[1])):
            print(answer)
            digest.update(f"{answer}\n".encode())
    print(f"sha256 {digest.hexdigest()}")


main()
