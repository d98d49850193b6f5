/** One program per runtime, with what it must print: each uses what that runtime needs most of the kernel. */
import { existsSync, readdirSync } from 'node:fs';

export interface Runtime {
  readonly name: string;
  /** Below /usr/bin, where the host's own tree shows them to a sandbox. */
  readonly programs: readonly string[];
  /** Path below the workspace → content. */
  readonly files: Readonly<Record<string, string>>;
  /** For bash -eu. */
  readonly script: string;
  readonly stdout: string;
}

/** The JDK of Debian keeps its configuration here, and the host's tree shows nothing of /etc that it was not asked for. */
export const configuration = (): readonly string[] =>
  readdirSync('/etc')
    .filter((name) => /^java-\d+-openjdk$/.test(name))
    .map((name) => `/etc/${name}`);

export const isInstalled = (program: string): boolean => existsSync(`/usr/bin/${program}`);

const PYTHON = `
import asyncio, concurrent.futures, multiprocessing, socket, ssl, subprocess, tempfile, threading

def square(n):
    return n * n

async def child():
    process = await asyncio.create_subprocess_exec('echo', 'async child', stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0].decode().strip()

if __name__ == '__main__':
    multiprocessing.set_start_method('spawn')
    print(subprocess.check_output(['echo', 'child']).decode().strip())
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, [1, 2, 3]))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(list(pool.map(square, [4, 5])))
    queue = multiprocessing.get_context('fork').SimpleQueue()
    queue.put('queue'); print(queue.get())
    lock = threading.Lock()
    with lock: print('lock')
    print(asyncio.run(child()))
    a, b = socket.socketpair(); a.send(b'pair'); print(b.recv(4).decode())
    with tempfile.TemporaryFile() as file:
        file.write(b'temporary'); file.seek(0); print(file.read().decode())
    print(ssl.create_default_context().verify_mode.name)
`;

const NODE = `
const { Worker } = require('node:worker_threads');
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs/promises');
const wasm = new Uint8Array([0,97,115,109,1,0,0,0,1,7,1,96,2,127,127,1,127,3,2,1,0,7,7,1,3,97,100,100,0,0,10,9,1,7,0,32,0,32,1,106,11]);
(async () => {
  console.log(execFileSync('echo', ['child']).toString().trim());
  console.log(crypto.createHash('sha256').update('x').digest('hex').slice(0, 8), crypto.randomBytes(4).length);
  console.log(await new Promise((done) => crypto.pbkdf2('a', 'b', 1000, 8, 'sha512', (e, k) => done(k.length))));
  const { instance } = await WebAssembly.instantiate(wasm);
  console.log(instance.exports.add(2, 3));
  await fs.writeFile('note', 'written'); console.log(await fs.readFile('note', 'utf8'));
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage("worker")', { eval: true });
  worker.on('message', (text) => console.log(text));
})();
`;

const BASH = `
set -o pipefail
printf '%s\\n' 3 1 2 | sort | head -2 | tr '\\n' ' '
cat <(echo substitution)
coproc cat; echo coprocess >&"\${COPROC[1]}"; read -r line <&"\${COPROC[0]}"; echo "$line"; exec {COPROC[1]}>&-
(trap 'echo trapped; exit 0' TERM; kill -TERM $BASHPID; sleep 5)
ulimit -n 32; nice true; mkdir d; mv d e; ln -s e f; tar -cf - e | tar -tf -; find . -type l; seq 3 | xargs -P 3 -I{} echo {} | sort | paste -sd,
`;

const C = `#include <pthread.h>
#include <stdio.h>
static void *work(void *text) { puts(text); return 0; }
int main(void) { pthread_t t; pthread_create(&t, 0, work, "thread"); pthread_join(t, 0); return 0; }
`;
const CPP = `#include <chrono>
#include <future>
#include <iostream>
#include <vector>
int main() {
  std::vector<std::future<int>> all;
  for (int i = 0; i < 3; i++) all.push_back(std::async(std::launch::async, [i] { return i * i; }));
  int sum = 0;
  for (auto &one : all) sum += one.get();
  try { throw 1; } catch (int) { std::cout << "caught " << sum << std::endl; }
}
`;
const RUST = `use std::{process::Command, sync::mpsc, thread};
fn main() {
    let (tx, rx) = mpsc::channel();
    for i in 0..3 { let tx = tx.clone(); thread::spawn(move || tx.send(i * 2).unwrap()); }
    drop(tx);
    println!("{}", rx.iter().sum::<i32>());
    print!("{}", String::from_utf8(Command::new("echo").arg("child").output().unwrap().stdout).unwrap());
}
`;
const GO = `package main
import ("fmt"; "os/exec"; "sync"; "time")
func main() {
  var group sync.WaitGroup
  var lock sync.Mutex
  sum := 0
  for i := 0; i < 100; i++ { group.Add(1); go func(n int) { defer group.Done(); lock.Lock(); sum += n; lock.Unlock() }(i) }
  group.Wait()
  time.Sleep(time.Millisecond)
  out, err := exec.Command("echo", "child").Output()
  fmt.Println(sum, string(out), err)
}
`;
const JAVA = `import java.util.concurrent.*;
import java.util.stream.*;
public class Main {
  public static void main(String[] args) throws Exception {
    System.out.println(IntStream.range(0, 1000).parallel().sum());
    var pool = Executors.newFixedThreadPool(4);
    System.out.println(pool.submit(() -> "pool").get());
    pool.shutdown();
    var child = new ProcessBuilder("echo", "child").start();
    System.out.print(new String(child.getInputStream().readAllBytes()));
    System.gc();
    System.out.println(new java.security.SecureRandom().nextInt() != 0.5);
  }
}
`;
const RUBY = `require 'open3'
require 'socket'
require 'digest'
puts [1, 2, 3].map { |n| Thread.new { n * n } }.map(&:value).sum
puts Open3.capture2('cat', stdin_data: 'child')[0]
pid = fork { exit 3 }
Process.wait(pid); puts $?.exitstatus
a, b = UNIXSocket.pair; a.write('pair'); a.close; puts b.read
puts Digest::SHA256.hexdigest('x')[0, 8]
puts Fiber.new { 'fiber' }.resume
`;

export const RUNTIMES: readonly Runtime[] = [
  {
    name: 'python',
    programs: ['python3'],
    files: { 'main.py': PYTHON },
    script: '/usr/bin/python3 main.py',
    stdout: 'child\n[1, 4, 9]\n[16, 25]\nqueue\nlock\nasync child\npair\ntemporary\nCERT_REQUIRED\n',
  },
  {
    name: 'node',
    programs: ['node'],
    files: { 'main.js': NODE },
    script: '/usr/bin/node main.js',
    stdout: 'child\n2d711642 4\n8\n5\nwritten\nworker\n',
  },
  {
    name: 'bash',
    programs: ['bash', 'sort', 'tar', 'xargs'],
    files: { 'main.sh': BASH },
    script: 'bash main.sh',
    stdout: '1 2 substitution\ncoprocess\ntrapped\ne/\n./f\n1,2,3\n',
  },
  {
    name: 'gcc',
    programs: ['gcc'],
    files: { 'main.c': C },
    script: 'gcc -O2 -flto -pthread -o main main.c && ./main',
    stdout: 'thread\n',
  },
  {
    name: 'g++',
    programs: ['g++'],
    files: { 'main.cpp': CPP },
    script: 'g++ -O2 -pipe -pthread -o main main.cpp && ./main',
    stdout: 'caught 5\n',
  },
  {
    name: 'rustc',
    programs: ['rustc', 'cc'],
    files: { 'main.rs': RUST },
    script: '/usr/bin/rustc -O main.rs && ./main',
    stdout: '6\nchild\n',
  },
  {
    name: 'go',
    programs: ['go'],
    files: { 'main.go': GO },
    script:
      'export GOCACHE=/tmp/go GOFLAGS=-mod=mod GO111MODULE=off GOTOOLCHAIN=local; /usr/bin/go build -o main main.go && ./main',
    stdout: '4950 child\n <nil>\n',
  },
  {
    name: 'java',
    programs: ['javac', 'java'],
    files: { 'Main.java': JAVA },
    script: '/usr/bin/javac Main.java && /usr/bin/java Main',
    stdout: '499500\npool\nchild\ntrue\n',
  },
  {
    name: 'ruby',
    programs: ['ruby'],
    files: { 'main.rb': RUBY },
    script: '/usr/bin/ruby main.rb',
    stdout: '14\nchild\n3\npair\n2d711642\nfiber\n',
  },
];
