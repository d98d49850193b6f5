/** nsjail, tried as the uid that runs will have. */
import type { NsjailConfig } from '#engines/nsjail/model.ts';
import { writeTextFormat } from '#engines/nsjail/text-format.ts';
import { tryProcess } from '#launch/trial.ts';
import { LIBRARIES, readMountFlags, SHOW_MOUNTS } from './mount-flags.ts';
import { howItEnded, SURVEY_PATH } from './survey.ts';
import type { TrialPlace } from './try-bubblewrap.ts';
import type { LauncherFacts, TrialVerdict } from './types.ts';

const TIMEOUT_MS = 8000;

const MOUNTS: NonNullable<NsjailConfig['mount']> = [
  { dst: '/', fstype: 'tmpfs', options: 'size=65536,nr_inodes=64,mode=755', rw: false },
  { dst: '/proc', fstype: 'proc', rw: false, nosuid: true, nodev: true, noexec: true },
  { src: '/usr', dst: '/usr', is_bind: true, rw: false, nosuid: true, nodev: true },
];

/** As src/engines/nsjail/config.ts has it for every run; less would not show that this build knows all of it. */
const JAIL: NsjailConfig = {
  mode: 'ONCE',
  hostname: 'warder',
  cwd: '/',
  // Whole seconds, for when this process is killed: nsjail outlives its parent.
  time_limit: 5,
  log_fd: 2,
  log_level: 'WARNING',
  nice_level: 0,
  keep_env: false,
  keep_caps: false,
  disable_no_new_privs: false,
  skip_setsid: false,
  disable_rl: true,
  clone_newnet: true,
  clone_newuser: true,
  clone_newns: true,
  clone_newpid: true,
  clone_newipc: true,
  clone_newuts: true,
  clone_newcgroup: true,
  uidmap: [{ inside_id: '1000', outside_id: '', count: 1 }],
  gidmap: [{ inside_id: '1000', outside_id: '', count: 1 }],
  iface_no_lo: true,
  mount_proc: false,
  pass_fd: [3],
  mount: MOUNTS,
};

export async function tryNsjail(place: TrialPlace): Promise<Pick<LauncherFacts, 'jail' | 'trials'>> {
  const [jail, kafel, mountFlags] = await Promise.all([
    tryConfig(place, 'nsjail.cfg', 'survey'),
    tryKafel(place),
    tryMountFlags(place),
  ]);
  // Where no sandbox is built at all, that one was not says nothing of the policy in it.
  const verdict: TrialVerdict = jail.exitCode === 0 ? kafel : { ...kafel, answer: 'unclear' };
  return { jail, trials: { kafel: verdict, mountFlags } };
}

function tryConfig({ path, scratch, ids, nativeFd }: TrialPlace, name: string, mode: string, more = '') {
  const exec = { path: SURVEY_PATH, arg: [mode], arg0: 'warder-init' };
  const text = `${writeTextFormat('NsJailConfig', { ...JAIL, exec_bin: exec })}${more}`;
  return scratch
    .file(name, text)
    .then((file) => tryProcess(path, ['--config', file], { ids, fds: [nativeFd], timeoutMs: TIMEOUT_MS }));
}

/** Of the same mounts, with those links that a program of the host needs. */
async function tryMountFlags({ path, scratch, ids }: TrialPlace): Promise<TrialVerdict> {
  const [program, ...arg] = SHOW_MOUNTS;
  const links = LIBRARIES.map((name) => ({ src: `usr/${name}`, dst: `/${name}`, is_symlink: true }));
  const tmp = { dst: '/tmp', fstype: 'tmpfs', rw: true, nosuid: true, nodev: true };
  const config = { ...JAIL, pass_fd: [], mount: [...MOUNTS, tmp, ...links] };
  const text = writeTextFormat('NsJailConfig', { ...config, exec_bin: { path: program, arg } });
  const file = await scratch.file('mounts.cfg', text);
  return readMountFlags(await tryProcess(path, ['--config', file], { ids, timeoutMs: TIMEOUT_MS }));
}

/** Only files for use by hand (`warder render`) carry such a policy; an old kafel ends a thread only. */
async function tryKafel(place: TrialPlace): Promise<TrialVerdict> {
  const policy = 'POLICY p { KILL_PROCESS { ptrace } } USE p DEFAULT ALLOW';
  const trial = await tryConfig(place, 'kafel.cfg', 'probe', `seccomp_string: "${policy}"\n`);
  return trial.exitCode === 0
    ? { answer: 'yes', evidence: 'a policy with KILL_PROCESS was compiled and loaded' }
    : { answer: 'no', evidence: howItEnded(trial) };
}
