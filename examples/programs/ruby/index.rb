# Searches documents: JSON lines, regular expressions, Unicode normalisation, processes, time, files.
#
# index.rb FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
require 'json'
require 'set'
require 'zlib'

# As words are compared: without case and without marks.
module Folding
  refine String do
    def fold
      downcase.unicode_normalize(:nfd).gsub(/[\u0300-\u036f]/, '')
    end
  end
end

# Counts by name.
module Counts
  refine Hash do
    # The most frequent first; those of the same count by name.
    def ranked
      sort_by { |name, count| [-count, name] }
    end

    def plus(other)
      merge(other) { |_, mine, theirs| mine + theirs }
    end
  end

  refine Array do
    def listed
      empty? ? 'nothing' : map { |name, count| "#{name} #{count}" }.join(', ')
    end
  end
end

using Folding
using Counts

Document = Struct.new(:id, :time, :title, :pages, :tags, :words, keyword_init: true) do
  # nil for a line that is no document.
  def self.parse(line)
    found = JSON.parse(line, symbolize_names: true)
    words = "#{found.fetch(:title)} #{found.fetch(:text)}".fold.scan(/[\p{L}\p{N}]+/).tally
    new(**found.slice(:id, :time, :title, :tags), pages: found[:pages].to_i, words: words)
  rescue JSON::ParserError, KeyError
    nil
  end

  def to_s
    "#{Time.at(time).utc.strftime('%F %T %a')}  #{id}  #{JSON.generate(title)}"
  end
end

# What one file had.
Part = Struct.new(:name, :documents, :skipped) do
  def self.read(path)
    lines = File.readlines(path, chomp: true, encoding: 'UTF-8').reject { |line| line.strip.empty? }
    documents = lines.filter_map { |line| Document.parse(line) }
    new(File.basename(path), documents, lines.size - documents.size)
  end

  # Reads the files side by side, in a process each.
  def self.read_all(paths)
    pipes = paths.map { |path| IO.popen('-', 'rb') || hand_over(read(path)) }
    pipes.map { |pipe| pipe.read.then { |bytes| Marshal.load(bytes) } }
  end

  # What the child process has found, to its parent.
  def self.hand_over(part)
    $stdout.binmode.write(Marshal.dump(part))
    $stdout.flush
    exit!(true)
  end

  def to_s
    "#{name}: #{documents.size} documents, #{skipped} skipped"
  end
end

# Word to document to how often it occurs there, words in order.
class Index
  attr_reader :words

  def initialize(words)
    @words = words.sort.to_h
  end

  def self.of(documents)
    words = Hash.new { |hash, word| hash[word] = {} }
    documents.each { |document| document.words.each { |word, count| words[word][document.id] = count } }
    new(words)
  end

  def self.load(text)
    new(JSON.parse(text).fetch('words').to_h { |entry| entry.values_at('word', 'in') })
  end

  def to_json(*options)
    words.map { |word, found| { word: word, in: found } }.to_json(*options)
  end

  def ==(other)
    other.is_a?(Index) && words == other.words
  end

  def answer(query)
    unwanted, wanted = query.split.map(&:fold).partition { |term| term.start_with?('-') }
    return [] if wanted.empty?

    found = wanted.map { |term| look_up(term) }
    shared = found.map { |counts| counts.keys.to_set }.reduce(:&)
    shared.subtract(unwanted.flat_map { |term| look_up(term.delete_prefix('-')).keys })
    shared.to_h { |id| [id, found.sum { |counts| counts.fetch(id) }] }.ranked
  end

  private

  # Documents with the term, or with words that begin with it, and how often they have it.
  def look_up(term)
    return words.fetch(term, {}) unless term.end_with?('*')

    start = term.chomp('*')
    words.select { |word, _| word.start_with?(start) }.values.reduce({}, :plus)
  end
end

def describe(documents, index)
  counts = documents.map(&:words).reduce({}) { |sum, words| sum.plus(words) }
  puts "#{documents.size} documents, #{documents.sum(&:pages)} pages, " \
       "#{counts.values.sum} words, #{index.words.size} different"
  puts documents.sort_by(&:time)
  puts "tags: #{documents.flat_map(&:tags).tally.ranked.listed}"
  puts "frequent: #{counts.ranked.first(8).listed}"
  longest = counts.keys.min_by { |word| [-word.length, word] }
  puts "longest: #{longest} (#{longest.length} characters, #{longest.bytesize} bytes)"
end

# Written beside its place and moved there, so that nobody ever sees half of it.
def save(documents, index)
  path = File.join('index', 'index.json')
  Dir.mkdir('index')
  content = { documents: documents.to_h { |document| [document.id, document.title] }, words: index }
  File.write("#{path}.tmp", "#{JSON.generate(content)}\n")
  File.rename("#{path}.tmp", path)
  path
end

def check(path, index)
  data = File.binread(path)
  again = Index.load(data.force_encoding('UTF-8'))
  verdict = again == index ? 'the same' : 'another'
  puts format('index.json: %d bytes, crc32 %08x, %d words read back, %s',
              data.bytesize, Zlib.crc32(data), again.words.size, verdict)
  puts "files: #{Dir.children(File.dirname(path)).sort.join(', ')}"
end

abort 'usage: index FILE... < QUERIES' if ARGV.empty?
parts = Part.read_all(ARGV)
puts parts
documents = parts.flat_map(&:documents)
index = Index.of(documents)
describe(documents, index)
$stdin.each_line(chomp: true) do |line|
  query = line.strip
  puts "#{query}: #{index.answer(query).listed}" unless query.empty? || query.start_with?('#')
end
check(save(documents, index), index)
