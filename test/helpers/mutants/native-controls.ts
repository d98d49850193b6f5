/** Controls that no plan has: what the native program does, as stub and as process 1, whatever it is told. */
import { innerFilter, NO_LAUNCHER_FILTER, outerFilter, writableRoot } from './controls.ts';
import { type Mutant, onlyOn, type Removal } from './mutant.ts';
import type { NativeEdit } from './native-build.ts';

const without = (file: string, from: string, to = ''): readonly NativeEdit[] => [{ file, from, to }];

/** nsjail asks for it too, of its own accord, so that its loss shows under bubblewrap alone. */
const DIES_WITH_PARENT: Removal = {
  id: 'init dies with its parent',
  native: without(
    'harden.c',
    'if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) fail(STEP_HARDEN, 6, errno);',
  ),
};
const NO_NEW_PRIVS: Removal = {
  id: 'no new privileges, by init',
  native: without(
    'harden.c',
    'if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(STEP_HARDEN, 7, errno);',
  ),
};

export const NATIVE_MUTANTS: readonly Mutant[] = [
  {
    id: 'host uid of the run',
    attacks: ['cap-outside-uid'],
    native: without('launch.c', 'if (!l->drop_ids) return;\n  if (setgroups', 'return;\n  if (setgroups'),
  },
  {
    id: "the supervisor's supplementary groups",
    attacks: ['cap-outside-uid'],
    native: without('launch.c', 'if (setgroups(0, NULL) != 0) fail(STEP_IDS, 1, errno);'),
  },
  {
    id: 'group of the run',
    attacks: ['cgroups', 'res-mem-anon'],
    native: without('launch.c', 'enter_leaf(l.joins, l.supervisor)', 'l.supervisor'),
    destructive: true,
  },
  {
    id: 'init is not dumpable',
    attacks: ['proc-pid1-environ', 'proc-pid1-mem', 'pr-ptrace-init'],
    native: without('harden.c', 'if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail(STEP_HARDEN, 2, errno);'),
  },
  {
    id: 'init closes what the launcher left open',
    attacks: ['descriptors'],
    native: without('harden.c', 'if (close_range(FD_SELF, ~0U, 0) != 0) fail(STEP_HARDEN, 1, errno);'),
  },
  {
    id: "init's own descriptors end at exec",
    attacks: ['descriptors'],
    native: without(
      'harden.c',
      'for (int fd = FD_CONTROL; fd <= FD_PROGRAM_STDERR; fd++) close_on_exec(fd);',
    ),
  },
  {
    id: 'init gives up its capabilities',
    engine: 'nsjail',
    attacks: ['cap-sets-empty'],
    native: without('privileges.c', '  empty_capability_sets();\n'),
  },
  {
    id: "init's check of its capabilities",
    engine: 'bubblewrap',
    attacks: ['cap-sets-empty'],
    native: without('harden.c', '  require_no_capabilities();\n'),
    behind: {
      id: 'no capability of the launcher',
      remove: onlyOn('bubblewrap', '--cap-drop\0ALL\0', '--cap-add\0ALL\0'),
    },
  },
  {
    id: 'init closes further user namespaces',
    engine: 'nsjail',
    attacks: ['namespaces'],
    native: without('privileges.c', '  forbid_user_namespaces();\n'),
    behind: { id: 'both filters', remove: { ...innerFilter, ...outerFilter } },
  },
  {
    id: 'the program has a session of its own',
    attacks: ['tty-session'],
    native: without('program.c', 'if (setsid() < 0) child_fail(c, STEP_SESSION, 0);'),
  },
  {
    id: 'limits are set',
    attacks: ['rs-rlimits-unset', 'pr-raise-limits'],
    native: without('program.c', '  set_rlimits(c);\n'),
  },
  {
    id: 'the filter is installed',
    attacks: ['sc-argbits-socket', 'sc-matrix'],
    native: without('program.c', '  install_filter(c);\n'),
    behind: { id: 'launcher filter', remove: outerFilter },
  },
  {
    id: 'Landlock is entered',
    attacks: ['fs-write-rootfs'],
    native: without(
      'program.c',
      'if (landlock_restrict(c->ruleset) != 0) child_fail(c, STEP_LANDLOCK, 1002);',
    ),
    behind: { id: 'read-only root', remove: writableRoot },
  },
  {
    id: 'links are told, not followed, by the exporter',
    attacks: ['host-artefact-symlink', 'host-artefact-swap'],
    native: [
      ...without('exporter_list.c', '      return ENTRY_SYMLINK;', '      return ENTRY_FILE;'),
      ...without('exporter_list.c', '(flags | O_NOFOLLOW | O_CLOEXEC),', '(flags | O_CLOEXEC),'),
      ...without(
        'exporter_list.c',
        'RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV',
        '0',
      ),
    ],
  },
  {
    id: 'hard links are refused by the exporter',
    attacks: ['host-artefact-hardlink'],
    native: without('exporter_list.c', 'about->st_nlink == 1 ? ENTRY_FILE : ENTRY_HARD_LINK', 'ENTRY_FILE'),
  },
  {
    id: 'special files are refused by the exporter',
    attacks: ['host-artefact-hardlink'],
    native: without('exporter_list.c', '      return ENTRY_FIFO;', '      return ENTRY_FILE;'),
  },
];

const exporter = (id: string, file: string, from: string, to?: string): Mutant => ({
  id: `exporter: ${id}`,
  attacks: ['host-exporter-confined'],
  native: without(file, from, to),
});

/** The filter of what hands files out; one for each of its rules. */
export const EXPORTER_MUTANTS: readonly Mutant[] = [
  exporter('its filter', 'exporter.c', '  if (exporter_confine() != 0) _exit(1);\n'),
  exporter(
    'calls that it has no use for',
    'exporter_filter.c',
    'RETURN(SECCOMP_RET_KILL_PROCESS),\n};',
    'RETURN(SECCOMP_RET_ALLOW),\n};',
  ),
  exporter('files opened to write', 'exporter_filter.c', 'BPF_K, WRITING)', 'BPF_K, 0)'),
  exporter('bytes to others', 'exporter_filter.c', 'UNLESS(FD_CONTROL, 1)', 'UNLESS(FD_CONTROL, 0)'),
  exporter('no other ABI', 'exporter_filter.c', 'OWN_ARCH, 1, 0)', 'OWN_ARCH, 1, 1)'),
];

/** bubblewrap asks for it too (`--die-with-parent`), so that its loss shows under nsjail alone. */
const LAUNCHER_DIES: Removal = {
  id: 'launcher dies with its supervisor',
  native: without('launch.c', '  die_with(parent, 1);\n'),
};
const ENDS_WITH_CHANNEL: Removal = {
  id: 'init ends when nobody holds its channel',
  native: without('init.c', '  if (got <= 0) give_up();\n', '  if (got <= 0) return;\n'),
};

/** Second lines: each alone is made up for by the other, and both together are noticed. */
export const NATIVE_PAIRS: readonly Mutant[] = [
  {
    ...LAUNCHER_DIES,
    engine: 'nsjail',
    attacks: ['host-killed-supervisor'],
    second: ENDS_WITH_CHANNEL,
  },
  {
    id: 'launcher dies with its parent',
    engine: 'bubblewrap',
    attacks: ['host-killed-launcher'],
    remove: onlyOn('bubblewrap', '--die-with-parent\0', ''),
    second: DIES_WITH_PARENT,
  },
  {
    id: 'no new privileges, by the launcher',
    engine: 'nsjail',
    attacks: ['cap-sets-empty', 'cap-suid-exec'],
    remove: onlyOn('nsjail', 'disable_no_new_privs: false', 'disable_no_new_privs: true'),
    second: NO_NEW_PRIVS,
    // nsjail sets it for its own filter as well.
    behind: NO_LAUNCHER_FILTER,
  },
];
