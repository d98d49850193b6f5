"""Reads orders from standard input and prints a report: regular expressions, Unicode, big integers, threads, files, JSON."""

import json
import re
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LINE = re.compile(r"([0-9]+);([^;]+);([0-9]+);([0-9]+)\.([0-9]{2});(.*)")


@dataclass(frozen=True)
class Order:
    number: int
    customer: str
    cents: int
    note: str


def parse(line):
    """An order, or None for a line that is none."""
    found = LINE.fullmatch(line)
    if found is None:
        return None
    number, customer, quantity, units, cents, note = found.groups()
    price = int(units) * 100 + int(cents)
    return Order(int(number), customer, int(quantity) * price, note)


def amount(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def totals_of(orders):
    totals = defaultdict(int)
    for order in orders:
        totals[order.customer] += order.cents
    return sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))


def factorial(number):
    result = 1
    for factor in range(2, number + 1):
        result *= factor
    return result


def fibonacci(number):
    previous, current = 0, 1
    for _ in range(number):
        previous, current = current, previous + current
    return previous


def is_prime(number):
    if number < 2:
        return False
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return True


def primes_between(limits):
    found = [number for number in range(*limits) if is_prime(number)]
    return len(found), sum(found)


def count_primes(limit, workers):
    step = limit // workers
    parts = [(at, at + step) for at in range(0, limit, step)]
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(primes_between, parts))
    return sum(count for count, _ in results), sum(total for _, total in results)


def fnv1a(data):
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def main():
    lines = sys.stdin.read().splitlines()
    orders = [order for order in map(parse, lines) if order]
    rejected = len(lines) - len(orders)
    ranking = totals_of(orders)
    longest = max(orders, key=lambda order: len(order.note)).note
    count, total = count_primes(20_000, 4)
    report = [f"accepted {len(orders)}, rejected {rejected}"]
    report += [f"{name:<16}{amount(cents):>10}" for name, cents in ranking]
    report.append(f"longest note: {longest} ({len(longest)} characters)")
    report.append(f"30! = {factorial(30)}")
    report.append(f"fib(150) = {fibonacci(150)}")
    report.append(f"primes below 20000: {count}, sum {total}")
    print("\n".join(report))

    path = Path("out/report.txt")
    path.parent.mkdir()
    path.write_text("".join(f"{line}\n" for line in report), encoding="utf-8")
    data = path.read_bytes()
    print(f"report.txt: {data.count(10)} lines, {len(data)} bytes, fnv1a 0x{fnv1a(data):08x}")
    summary = {
        "accepted": len(orders),
        "rejected": rejected,
        "total": amount(sum(cents for _, cents in ranking)),
        "customers": [name for name, _ in ranking],
    }
    print(json.dumps(summary, ensure_ascii=False, separators=(",", ":")))


main()
