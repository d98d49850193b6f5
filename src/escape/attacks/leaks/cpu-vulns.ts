import { readdir, readFile } from 'node:fs/promises';
import { type Claim, settle } from '#escape/claims.ts';
import type { Finding, RunAttack } from '#escape/types.ts';
import { runDoctor } from '#internal.ts';

export const cpuVulns: RunAttack = {
  kind: 'run',
  id: 'leak-cpu-vulns',
  category: 'leaks',
  impact: 'H',
  tier: 2,
  title: 'Vulnerabilities of the processor that nobody closed',
  technique: 'Compares what the kernel lists as vulnerable with what warder doctor says',
  reference: 'sysfs-devices-system-cpu of the kernel documentation; Firecracker test_vulnerabilities_on_host',
  expected: 'warder doctor names each that is open',
  run: compareWithDoctor,
};

const DIRECTORY = '/sys/devices/system/cpu/vulnerabilities';

async function compareWithDoctor(): Promise<Finding> {
  const names = await readdir(DIRECTORY).catch(() => []);
  if (names.length === 0)
    return { verdict: 'not-applicable', evidence: [`${DIRECTORY} is empty or missing`], control: null };
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(`${DIRECTORY}/${name}`, 'utf8')] as const),
  );
  const open = texts.filter(([, text]) => text.startsWith('Vulnerable')).map(([name]) => name);
  const report = await runDoctor({ policy: 'strict', engine: 'auto', env: process.env });
  const said = report.checks.find(({ id }) => id === CHECK);
  const found = said?.found ?? '';
  const claims = open.map((name) => ({
    text: `${name}: ${found.includes(name) ? 'named' : 'not named'}`,
    holds: found.includes(name),
  }));
  const count: Claim = {
    text: `${names.length} known to the kernel, ${open.length} open`,
    holds: said !== undefined,
  };
  return settle([count, ...claims], { place: CHECK, fired: said !== undefined, evidence: [found] });
}

const CHECK = 'hardening.cpuVulnerabilities';
