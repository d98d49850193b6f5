# Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing.
#
# numbers.rb WORKERS reads one task to a line of standard input.
require 'digest'

# What Integer does not have.
module Arithmetic
  BASES = [2, 3, 5, 7, 11, 13].freeze

  refine Integer do
    def factorial
      (2..self).reduce(1, :*)
    end

    def fibonacci
      times.reduce([0, 1]) { |(previous, current), _| [current, previous + current] }.first
    end

    # The first base that shows by Miller and Rabin's test that the number is not prime.
    def witness
      BASES.find { |base| base % self != 0 && witness?(base) }
    end

    def witness?(base)
      twos = (1..).find { |count| (self - 1)[count - 1] == 1 } - 1
      powers = Enumerator.produce(base.pow((self - 1) >> twos, self)) { |value| value.pow(2, self) }
      first, *rest = powers.first([twos, 1].max)
      first != 1 && [first, *rest].none?(self - 1)
    end

    def hex
      format('%08x', self)
    end
  end
end

using Arithmetic

# Draws rows of numbers.
class Table
  def initialize(rows)
    @rows = rows
    @width = rows.flatten.map { |entry| entry.to_s.length }.max + 2
  end

  def to_a
    lines = @rows.map { |row| "│#{row.map { |entry| "#{entry.to_s.rjust(@width - 1)} " }.join('│')}│" }
    inner = lines.flat_map { |line| [rule('├', '┼', '┤'), line] }.drop(1)
    [rule('┌', '┬', '┐'), *inner, rule('└', '┴', '┘')]
  end

  private

  def rule(left, middle, right)
    left + @rows.first.map { '─' * @width }.join(middle) + right
  end
end

# One method for each task; each returns the lines of its answer.
class Calculator
  SHOWN = 4
  TASKS = %w[factorial fibonacci gcd power prime base matrix bits].freeze

  def initialize(workers)
    @workers = workers
  end

  def solve(task)
    name, *operands = task.split
    return ["no such task: #{task}"] unless TASKS.include?(name)

    Array(public_send(name, *operands.map { |operand| Integer(operand, 10) }))
  end

  def factorial(number)
    long_number("#{number}!", number.factorial)
  end

  def fibonacci(number)
    long_number("fibonacci #{number}", number.fibonacci)
  end

  def gcd(*numbers)
    "gcd #{numbers.reduce(:gcd)}"
  end

  def power(base, exponent, modulus)
    "power #{base.pow(exponent, modulus)}"
  end

  def prime(number)
    witness = number.witness
    "#{number} is #{witness ? "composite, says #{witness}" : 'prime'}"
  end

  def base(base, number)
    "base #{base}: #{number.to_s(base)}"
  end

  def matrix(size)
    left = square(size) { |row, column| (7 * row + 3 * column) % 11 }
    right = square(size) { |row, column| (5 * row + 2 * column) % 13 }
    result = product(left, right)
    trace = result.each_with_index.sum { |row, at| row[at] }
    summary = "matrix #{size}: trace #{trace}, sum #{result.flatten.sum}, most #{result.flatten.max}"
    [summary, *Table.new(result.first(SHOWN).map { |row| row.first(SHOWN) }).to_a]
  end

  # Of 32 bits.
  def bits(word)
    text = format('%032b', word)
    rotated = (word << 7 | word >> 25) & 0xffffffff
    summary = "bits #{word.hex}: #{text.count('1')} set, #{text[/\A0*/].length} leading and #{text[/0*\z/].length} " \
              "trailing zeros, reversed #{text.reverse.to_i(2).hex}, rotated #{rotated.hex}, gray #{(word ^ word >> 1).hex}"
    [summary, "  #{text.tr('01', '░█').scan(/.{8}/).join(' ')}"]
  end

  private

  def long_number(name, number)
    digits = number.digits
    lines = digits.reverse.each_slice(60).map { |slice| "  #{slice.join}" }
    ["#{name} has #{digits.size} digits, their sum is #{digits.sum}", *lines]
  end

  def square(size)
    Array.new(size) { |row| Array.new(size) { |column| yield row, column } }
  end

  # The workers take rows from a queue until it is empty.
  def product(left, right)
    queue = Thread::Queue.new(left.each_with_index.to_a).close
    columns = right.transpose
    rows = Array.new(left.size)
    workers = Array.new(@workers) do
      Thread.new do
        while (row, at = queue.pop)
          rows[at] = columns.map { |column| row.zip(column).sum { |a, b| a * b } }
        end
      end
    end
    workers.each(&:join)
    rows
  end
end

abort 'usage: numbers WORKERS < TASKS' unless ARGV.one? && ARGV.first.match?(/\A[1-9]\d*\z/)
calculator = Calculator.new(ARGV.first.to_i)
digest = Digest::SHA256.new
$stdin.each_line(chomp: true) do |line|
  task = line.strip
  next if task.empty? || task.start_with?('#')

  calculator.solve(task).each do |answer|
    puts answer
    digest << "#{answer}\n"
  end
end
puts "sha256 #{digest.hexdigest}"
