import { expect, test } from 'vitest';
import { diagnoseNsjail } from '#engines/nsjail/diagnose.ts';

/** Lines of nsjail (master of 2026-06), provoked on Debian 12, without what it says after them. */
const HEAD = '[W][2026-11-21T11:49:10+0000][17710]';
const AFTER = `
[E][2026-11-21T11:49:10+0000][17710] standaloneMode():299 Couldn't launch the child process`;
const CLONE = `${HEAD} runChild():556 clone(flags=CLONE_NEWNS|CLONE_NEWUSER) failed:`;

test.each([
  ['no user namespaces left', `${CLONE} No space left on device`, 'HOST_USERNS_DENIED'],
  ['user namespaces not allowed', `${CLONE} Operation not permitted`, 'HOST_USERNS_DENIED'],
  [
    'a user namespace without privileges',
    `${HEAD} initNsFromChild():236 prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP): Operation not permitted`,
    'HOST_USERNS_DENIED',
  ],
  [
    'ids that may not be mapped',
    `[E][2026-11-21T11:49:10+0000][1] gidMapSelf():150 util::writeBufToFile('/proc/17/gid_map', '1000 5 1') failed`,
    'HOST_USERNS_DENIED',
  ],
  ['no tasks left', `${CLONE} Resource temporarily unavailable`, 'HOST_RESOURCE_EXHAUSTED'],
  [
    'no memory left',
    `${HEAD} mountSinglePoint():228 mount('/usr' -> '/tmp/nsjail.5.root//usr'): Cannot allocate memory`,
    'HOST_RESOURCE_EXHAUSTED',
  ],
  [
    'a missing path',
    `${HEAD} mountSinglePoint():228 mount('/nonexistent' -> '/tmp/nsjail.5.root//x'): No such file or directory`,
    'HOST_PATH_UNREACHABLE',
  ],
  [
    'a path behind a closed directory',
    `${HEAD} mountSinglePoint():221 mount('/root/x' -> '/tmp/nsjail.5.root//x'): try 'chmod o+x' on source path: Permission denied`,
    'HOST_PATH_UNREACHABLE',
  ],
  [
    'a masked /proc',
    `${HEAD} mountSinglePoint():224 mount('none' -> '/tmp/nsjail.5.root//proc'): procfs mount may fail if /proc has overmounts (e.g., /dev/null on /proc/kcore): Operation not permitted`,
    'ENGINE_SETUP_FAILED',
  ],
  [
    'an old nsjail',
    `[E][2026-11-21T11:49:10+0000][1] parseFile():194 Config file '/proc/self/fd/8' failed to parse as either TextProto or ProtoJSON`,
    'ENGINE_SETUP_FAILED',
  ],
  [
    'a filter that it cannot compile',
    "[E][2026-11-21T14:09:36+0000][1] preparePolicy():198 Could not compile policy: 1:9: Undefined identifier `nosuch'",
    'ENGINE_SETUP_FAILED',
  ],
  [
    'no place to work',
    `[E][2026-11-21T11:49:10+0000][1] findWorkDir():195 Failed to create work directory for 'root'`,
    'ENGINE_SETUP_FAILED',
  ],
])('%s', (_, line, code) => {
  const diagnosis = diagnoseNsjail(line + AFTER);
  expect(diagnosis?.code).toBe(code);
  expect(diagnosis?.why).not.toMatch(/^\[|Couldn't launch/);
  expect(diagnosis?.hint).not.toBe('');
});

test('causes have cures of their own', () => {
  const hint = (line: string) => diagnoseNsjail(`${HEAD} f():1 ${line}`)?.hint;
  expect(hint("mount('/a' -> '/b//c'): Permission denied")).toContain('o+x');
  expect(hint("mount('none' -> '/b//proc'): procfs mount may fail: Operation not permitted")).toContain(
    '/proc',
  );
  expect(hint("Config file '/x' failed to parse as either")).toContain('newer');
});

test('what is not known is not guessed', () => {
  expect(diagnoseNsjail('')).toBeUndefined();
  expect(diagnoseNsjail(AFTER)).toBeUndefined();
});
