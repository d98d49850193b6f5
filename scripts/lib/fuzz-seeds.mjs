/**
 * Prints src/native/fuzz/seeds.txt: inputs of the protocol's fuzzer made of real frames, by the encoder that warder uses
 * (dist must be built). One per line: name, what the reader makes of it, the bytes in hexadecimal.
 *
 *   node scripts/lib/fuzz-seeds.mjs > src/native/fuzz/seeds.txt
 */
import { encodeExport, encodeExportEnd, encodeFetch, encodeHold } from '../../dist/launch/export-protocol.js';
import {
  encodeFiles,
  encodeKill,
  encodeLaunch,
  encodeOpened,
  encodeSignal,
  encodeStart,
} from '../../dist/launch/protocol.js';

/** enum reader of src/native/fuzz/protocol_fuzz.h. */
const READER = { launch: 0, start: 1, orders: 2, exportOrders: 3, fetches: 4, tree: 5 };

// RET_ALLOW, twice: a filter's instructions are eight bytes each.
const filter = Buffer.from('0600000000ff7f7f060000000000ff7f', 'hex');
const bare = {
  argv: ['true'],
  env: {},
  cwd: '/',
  files: [],
  rlimits: [],
  landlock: null,
  backstopMs: null,
  filter,
  notify: false,
};
const full = {
  argv: ['/usr/bin/python3', '-c', 'print("é")', ''],
  env: { PATH: '/usr/bin:/bin', HOME: '/workspace', EMPTY: '' },
  cwd: '/workspace',
  files: [
    { path: 'main.py', content: Buffer.from('print(1)\n'), mode: 0o644 },
    { path: 'a/b/empty', content: Buffer.alloc(0), mode: 0o600 },
    { path: 'data.bin', content: Buffer.from([0, 255, 0, 1]), mode: 0o444 },
  ],
  rlimits: [
    { resource: 1, name: 'fsize', soft: 10485760, hard: null },
    { resource: 7, name: 'nofile', soft: 256, hard: 256 },
  ],
  landlock: {
    handledFs: 0x7fff,
    handledNet: 3,
    scoped: 1,
    rules: [
      { path: '/usr', access: 13 },
      { path: '/dev/null', access: 6 },
    ],
  },
  backstopMs: 5000,
  filter,
  notify: true,
};
/** @type {import('#launch/types.ts').LaunchSpec} */
const jail = {
  engine: 'bubblewrap',
  argv: ['/usr/bin/bwrap', '--args', '8', '--', '/proc/self/fd/7', 'init'],
  blobs: [Buffer.from('--unshare-pid\0--proc\0/proc\0'), Buffer.alloc(0)],
};

/** @param {Buffer} frame The supervisor's pid would make every run of this script print another line. */
function withFixedPid(frame) {
  frame.writeUInt32LE(4242, 8);
  return frame;
}

/** @template T @param {number} length @param {T} value */
const times = (length, value) => Array.from({ length }, () => value);
const rlimits = (/** @type {number} */ count) =>
  times(count, { resource: 1, name: 'fsize', soft: 10485760, hard: null });
const rules = (/** @type {number} */ count) => ({
  ...full.landlock,
  rules: times(count, { path: '/', access: 1 }),
});
/** @param {Partial<import('#launch/types.ts').LaunchSpec>} changes @param {readonly string[]} [joins] */
const launch = (changes, joins = []) => [withFixedPid(encodeLaunch({ ...jail, ...changes }, null, joins))];
const start = (/** @type {object} */ changes) => [encodeStart({ ...bare, ...changes })];

/** @param {Buffer} frame @param {number} size Bytes of zero appended to the payload. */
function padded(frame, size) {
  const longer = Buffer.concat([frame, Buffer.alloc(size)]);
  longer.writeUInt32LE(longer.length - 8, 0);
  return longer;
}

/** @param {Buffer} frame One that says to be longer than the exporter takes. */
function oversize(frame) {
  frame.writeUInt32LE(32 * 1024 + 1, 0);
  return frame;
}

/** @param {Buffer} frame @param {string} text @param {string} replacement of the same length */
function replaced(frame, text, replacement) {
  const at = frame.indexOf(text);
  frame.write(replacement, at, 'latin1');
  return frame;
}

const caps = { entries: 1000, depth: 64, timeMs: 10_000 };
/** A name of 200 bytes, the end of this piece of the list, and what fstatat() says: a directory. */
const directory = Buffer.concat([Buffer.from([200]), Buffer.alloc(200, 'd'), Buffer.from([0, 1])]);
const files = (/** @type {string} */ path) => [
  ...encodeFiles({ ...bare, files: [{ path, content: Buffer.alloc(1), mode: 0o644 }] }),
];
const filesAndStart = [...encodeFiles(full), encodeStart(full)];
const [firstFile = Buffer.alloc(8), firstData = Buffer.alloc(8)] = filesAndStart;
/** @type {readonly (readonly [name: string, outcome: string, reader: keyof typeof READER, frames: readonly Buffer[]])[]} */
const seeds = [
  ['launch-bare', 'accepted', 'launch', launch({ blobs: [] })],
  [
    'launch-full',
    'accepted',
    'launch',
    [withFixedPid(encodeLaunch(jail, { uid: 900001, gid: 900001 }, ['/sys/fs/cgroup/warder/tasks']))],
  ],
  ['launch-as-root', 'refused', 'launch', [withFixedPid(encodeLaunch(jail, { uid: 0, gid: 0 }, []))]],
  ['launch-without-argv', 'refused', 'launch', launch({ argv: [] })],
  ['launch-longest-argv', 'accepted', 'launch', launch({ argv: times(64, 'a') })],
  ['launch-too-long-argv', 'refused', 'launch', launch({ argv: times(65, 'a') })],
  ['launch-most-joins', 'accepted', 'launch', launch({}, times(16, '/a'))],
  ['launch-too-many-joins', 'refused', 'launch', launch({}, times(17, '/a'))],
  ['launch-most-blobs', 'accepted', 'launch', launch({ blobs: times(16, filter) })],
  ['launch-too-many-blobs', 'refused', 'launch', launch({ blobs: times(17, filter) })],
  ['launch-other-message', 'refused', 'launch', [encodeOpened()]],
  ['start-bare', 'accepted', 'start', start({})],
  ['start-full', 'accepted', 'start', filesAndStart],
  ['start-and-more', 'refused', 'start', [padded(encodeStart(bare), 1)]],
  ['start-without-argv', 'refused', 'start', start({ argv: [] })],
  ['start-without-filter', 'refused', 'start', start({ filter: Buffer.alloc(0) })],
  ['start-half-instruction', 'refused', 'start', start({ filter: filter.subarray(0, 12) })],
  ['start-most-rlimits', 'accepted', 'start', start({ rlimits: rlimits(16) })],
  ['start-too-many-rlimits', 'refused', 'start', start({ rlimits: rlimits(17) })],
  ['start-most-rules', 'accepted', 'start', start({ landlock: rules(64) })],
  ['start-too-many-rules', 'refused', 'start', start({ landlock: rules(65) })],
  ['start-nul-in-string', 'refused', 'start', [replaced(encodeStart(bare), 'true', 'tr\0e')]],
  ['file-outside', 'refused', 'start', files('a/../../b')],
  ['file-absolute', 'refused', 'start', files('/a')],
  ['file-longer-than-said', 'refused', 'start', [firstFile, padded(firstData, 1)]],
  ['file-cut-by-start', 'refused', 'start', [firstFile, encodeStart(bare)]],
  ['file-within-file', 'refused', 'start', [firstFile, firstFile]],
  ['killed-before-start', 'ended', 'start', [encodeKill()]],
  ['orders', 'accepted', 'orders', [encodeSignal(15), encodeSignal(64), encodeKill(), encodeSignal(9)]],
  ['orders-no-such-signal', 'accepted', 'orders', [encodeSignal(65), encodeSignal(0xffffffff)]],
  ['orders-longest', 'accepted', 'orders', [padded(encodeSignal(15), 12)]],
  ['orders-too-long', 'ended', 'orders', [padded(encodeSignal(15), 13)]],
  ['start-hold', 'accepted', 'start', [encodeHold(), encodeStart(bare)]],
  ['start-hold-with-more', 'refused', 'start', [padded(encodeHold(), 1), encodeStart(bare)]],
  ['export-while-running', 'ended', 'orders', [encodeExport(caps)]],
  ['export-order', 'accepted', 'exportOrders', [encodeKill(), encodeExport(caps)]],
  ['export-nothing', 'accepted', 'exportOrders', [encodeSignal(15), encodeExportEnd()]],
  ['export-twice', 'ended', 'exportOrders', [encodeExport(caps), encodeExport(caps)]],
  ['export-without-time', 'ended', 'exportOrders', [encodeExport({ ...caps, timeMs: 0 })]],
  ['export-for-ever', 'ended', 'exportOrders', [encodeExport({ ...caps, timeMs: 1e12 })]],
  ['fetches', 'accepted', 'fetches', [encodeFetch('a/b/c', 20), Buffer.alloc(1), encodeExportEnd()]],
  ['fetch-of-nothing', 'accepted', 'fetches', [encodeFetch('x', 0), Buffer.alloc(1), encodeExportEnd()]],
  ['fetch-after-kill', 'accepted', 'fetches', [encodeKill(), encodeSignal(9), encodeExportEnd()]],
  ['fetch-outside', 'ended', 'fetches', [encodeFetch('a/../../b', 1)]],
  ['fetch-absolute', 'ended', 'fetches', [encodeFetch('/etc/shadow', 1)]],
  ['fetch-and-more', 'ended', 'fetches', [padded(encodeFetch('a', 1), 1)]],
  ['fetch-too-long', 'ended', 'fetches', [oversize(encodeFetch('a', 1))]],
  ['fetch-other-message', 'ended', 'fetches', [encodeStart(bare)]],
  ['tree', 'accepted', 'tree', [Buffer.from('ff40', 'hex'), Buffer.concat(times(19, directory))]],
  ['tree-too-deep', 'accepted', 'tree', [Buffer.from('ff02', 'hex'), Buffer.concat(times(19, directory))]],
  ['tree-too-many', 'accepted', 'tree', [Buffer.from('0240', 'hex'), Buffer.concat(times(19, directory))]],
  ['orders-other-message', 'ended', 'orders', [encodeStart(bare)]],
];

for (const [name, outcome, reader, frames] of seeds) {
  const bytes = Buffer.concat([Buffer.from([READER[reader]]), ...frames]);
  process.stdout.write(`${name} ${outcome} ${bytes.toString('hex')}\n`);
}
