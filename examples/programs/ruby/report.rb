# Reads orders from standard input and prints a report: regular expressions, Unicode, big integers, threads, files, JSON.
require 'fileutils'
require 'json'

LINE = /\A([0-9]+);([^;]+);([0-9]+);([0-9]+)\.([0-9]{2});(.*)\z/

Order = Struct.new(:number, :customer, :cents, :note)

# An order, or nil for a line that is none.
def parse(line)
  found = LINE.match(line)
  return nil unless found

  number, customer, quantity, units, cents, note = found.captures
  price = units.to_i * 100 + cents.to_i
  Order.new(number.to_i, customer, quantity.to_i * price, note)
end

def amount(cents)
  format('%d.%02d', cents / 100, cents % 100)
end

def totals_of(orders)
  totals = Hash.new(0)
  orders.each { |order| totals[order.customer] += order.cents }
  totals.sort_by { |name, cents| [-cents, name] }
end

def factorial(number)
  (2..number).reduce(1, :*)
end

def fibonacci(number)
  previous = 0
  current = 1
  number.times { previous, current = current, previous + current }
  previous
end

def prime?(number)
  return false if number < 2

  divisor = 2
  while divisor * divisor <= number
    return false if (number % divisor).zero?

    divisor += 1
  end
  true
end

def count_primes(limit, workers)
  step = limit / workers
  parts = Array.new(workers) do |index|
    Thread.new do
      found = (index * step...(index + 1) * step).select { |number| prime?(number) }
      [found.length, found.sum]
    end
  end
  parts.map(&:value).transpose.map(&:sum)
end

def fnv1a(data)
  data.each_byte.reduce(0x811c9dc5) do |value, byte|
    ((value ^ byte) * 0x01000193) & 0xffffffff
  end
end

def write_and_read(path, text)
  FileUtils.mkdir_p(File.dirname(path))
  File.write(path, text)
  File.binread(path)
end

def report_of(orders, rejected, ranking)
  longest = orders.map(&:note).max_by(&:length)
  count, sum = count_primes(20_000, 4)
  [
    "accepted #{orders.length}, rejected #{rejected}",
    *ranking.map { |name, cents| name.ljust(16) + amount(cents).rjust(10) },
    "longest note: #{longest} (#{longest.length} characters)",
    "30! = #{factorial(30)}",
    "fib(150) = #{fibonacci(150)}",
    "primes below 20000: #{count}, sum #{sum}"
  ]
end

def main
  lines = $stdin.read.split("\n")
  orders = lines.filter_map { |line| parse(line) }
  rejected = lines.length - orders.length
  ranking = totals_of(orders)
  report = report_of(orders, rejected, ranking)
  puts report

  data = write_and_read('out/report.txt', report.map { |line| "#{line}\n" }.join)
  puts format('report.txt: %d lines, %d bytes, fnv1a 0x%08x', data.count("\n"), data.bytesize, fnv1a(data))
  total = amount(ranking.sum { |_, cents| cents })
  puts JSON.generate(
    accepted: orders.length,
    rejected: rejected,
    total: total,
    customers: ranking.map(&:first)
  )
end

main
