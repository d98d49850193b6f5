// The layers of warder as rules: an import points downwards, never up and never sideways, and only a few named files
// touch the outside world. Each comment tells what to do when the rule speaks.

/** From the bottom up; a folder of src belongs to exactly one layer. */
const LAYERS = [
  ['error', 'util'],
  ['seccomp', 'cgroup', 'launch', 'result', 'log'],
  ['policy', 'host', 'languages', 'rootfs', 'compile'],
  ['plan'],
  ['engines'],
  ['supervise'],
  // Layer 6 is the files that lie in src itself: index.ts, internal.ts, run.ts and what they are composed of. So is the
  // doctor, which asks every lower layer and then runs programs like any user; internal.ts hands it to the surfaces.
  ['doctor'],
  // A surface like those above it, but the command line hands it to people.
  ['escape'],
  ['cli', 'server', 'mcp'],
];
const TOP_FILES_LAYER = 6;
const SURFACES = LAYERS.slice(TOP_FILES_LAYER + 1).flat();

/** Matches every file of the layers with these numbers. */
function filesOf(...numbers) {
  const folders = numbers.flatMap((number) => LAYERS[number]);
  const patterns = folders.length > 0 ? [`^src/(?:${folders.join('|')})/`] : [];
  return numbers.includes(TOP_FILES_LAYER) ? [...patterns, '^src/[^/]+$'] : patterns;
}

const numbers = LAYERS.map((_, number) => number);

const layersPointDown = numbers.slice(0, -1).map((number) => ({
  name: `layers-point-down-${number}`,
  comment:
    `Layer ${number} (${LAYERS[number].join(', ') || 'files of src itself'}) imports a layer above it. Move the code ` +
    'down, or let the lower layer declare the type that it needs and the upper one implement it.',
  severity: 'error',
  from: { path: filesOf(number) },
  to: { path: filesOf(...numbers.filter((other) => other > number)) },
}));

const noSideways = LAYERS.filter((folders) => folders.length > 1).map((folders) => ({
  name: `no-sideways-${folders[0]}`,
  comment:
    `Folders of one layer (${folders.join(', ')}) do not import each other. What both need belongs into a lower layer; ` +
    'what joins them belongs into a higher one.',
  severity: 'error',
  from: { path: `^src/(${folders.join('|')})/` },
  to: { path: `^src/(?:${folders.join('|')})/`, pathNot: '^src/$1/' },
}));

const structure = [
  {
    name: 'backends-do-not-meet',
    comment:
      'The engines meet only in engines/engine.ts. Move what both need to a file directly in src/engines.',
    severity: 'error',
    from: { path: '^src/engines/([^/]+)/' },
    to: { path: '^src/engines/[^/]+/', pathNot: '^src/engines/$1/' },
  },
  {
    name: 'supervise-uses-engine-port',
    comment: 'The supervisor knows engines through engines/engine.ts only, never a particular one.',
    severity: 'error',
    from: { path: '^src/supervise/' },
    to: { path: '^src/engines/', pathNot: '^src/engines/engine\\.ts$' },
  },
  {
    name: 'plan-and-engines-stay-pure',
    comment:
      'plan and engines decide and render, they do nothing. Take the fact as data, with `import type` for its shape; ' +
      'whoever calls the planner reads the host.',
    severity: 'error',
    from: { path: '^src/(?:plan|engines)/' },
    to: { path: '^src/(?:host|rootfs|cgroup|launch|log)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'surfaces-import-index-and-internal-only',
    comment:
      'A surface (cli, server, mcp, escape) is thin: it uses the public API of src/index.ts, and src/internal.ts for ' +
      'what the package does not export. Export there what is missing. The escape suite has a door of its own.',
    severity: 'error',
    from: { path: `^src/(${SURFACES.join('|')})/` },
    to: {
      path: '^src/',
      pathNot: ['^src/$1/', '^src/index\\.ts$', '^src/internal\\.ts$', '^src/escape/index\\.ts$'],
    },
  },
  {
    name: 'known-folders-only',
    comment: 'This folder of src has no layer yet. Give it one in LAYERS, with the reason in the commit.',
    severity: 'error',
    from: {},
    to: { path: '^src/[^/]+/', pathNot: filesOf(...numbers) },
  },
  {
    name: 'no-circular',
    comment: 'A cycle, types included. Move what both files need to a third one below them.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'Nothing imports this file and it imports nothing: delete it, or connect it.',
    severity: 'error',
    from: { orphan: true, path: '^src/' },
    to: {},
  },
];

const effects = [
  {
    name: 'only-launch-spawns',
    comment: 'Processes are started in src/launch only, where every one gets its fds, deadline and clean-up.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/launch/' },
    to: {
      path: [
        '^(node:)?(child_process|cluster|worker_threads)$',
        '(^|/)node_modules/(execa|node-pty|@lydell/node-pty)/',
      ],
    },
  },
  {
    name: 'only-rim-touches-fs',
    comment:
      'Files are read and written by the named rim only. Pass the content as a value; a new file of the rim is added ' +
      'here, with the reason in the commit.',
    severity: 'error',
    from: {
      path: '^src/',
      pathNot: [
        '^src/policy/files\\.ts$',
        '^src/cgroup/files\\.ts$',
        '^src/(?:host|rootfs|launch|log)/',
        // The compile cache, and what identifies the compilers whose output is in it.
        '^src/compile/(?:cache|toolchain)\\.ts$',
        // Files of the host that checks judge, and the private directory of the probes.
        '^src/doctor/(?:system-files|scratch|delegation|confinement|try-bubblewrap)\\.ts$',
        `^src/(?:${SURFACES.join('|')})/`,
      ],
    },
    to: { path: '^(node:)?fs(/promises)?$' },
  },
  {
    name: 'zod-only-at-boundaries',
    comment:
      'zod belongs where text from outside enters: the policy schema and its validation, the schemas of requests and ' +
      'options (*-schema.ts in src or plan), owner records, status lines of engines, surfaces. Inside, values are ' +
      'legal by their type.',
    severity: 'error',
    from: {
      path: '^src/',
      pathNot: [
        '^src/policy/(?:[a-z-]*schema|validate[a-z-]*|leaf)\\.ts$',
        '^src/(?:plan/|rootfs/)?[a-z-]+-schema\\.ts$',
        '^src/launch/owner-[a-z]+\\.ts$',
        '^src/engines/[^/]+/status\\.ts$',
        `^src/(?:${SURFACES.join('|')})/`,
      ],
    },
    to: { path: '(^|/)node_modules/zod/' },
  },
];

const packages = [
  {
    name: 'not-to-unresolvable',
    comment:
      'The import cannot be resolved, so no rule can judge it. Correct the path, or install the package.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'not-to-dev-dep',
    comment:
      "src runs on the user's machine, where devDependencies are missing. Move the package to dependencies, or do without.",
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'not-to-undeclared',
    comment: 'The package is not in package.json (it came with another one). Declare it, or do without.',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-dep-on-test',
    comment:
      'src imports nothing from test, bench or scripts. Move the code into src, or the caller out of it.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(?:test|bench|scripts)/' },
  },
];

export default {
  forbidden: [...layersPointDown, ...noSideways, ...structure, ...effects, ...packages],
  options: {
    // Types count: an upward `import type` is an upward dependency too.
    tsPreCompilationDeps: true,
    // There is no CommonJS here, and a local function that is called `require` is no import.
    moduleSystems: ['es6'],
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      // `warder-source` makes #folder/file.ts resolve to src instead of dist (package.json, "imports").
      conditionNames: ['warder-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
