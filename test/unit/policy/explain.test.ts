import { expect, test } from 'vitest';
import { explainPolicy } from '#policy/explain.ts';
import { loadBody } from './policy-files.ts';

test('each value is shown with the file, line and column that set it', async () => {
  const loaded = await loadBody(
    'limits: { memory: 1024MiB }\n+devices: [zero]\nfilesystem: { +mounts: [{ type: bind, source: /a, target: /b }] }',
  );
  const rows = new Map(
    explainPolicy(loaded).map(({ path, value, origins }) => [
      path,
      `${value} ${origins.map((o) => `${o.file.replace(/.*\//, '')}:${o.line}:${o.column}`).join(' ')}`,
    ]),
  );
  expect(rows.get('limits.memory')).toBe('1GiB p.yaml:4:19');
  expect(rows.get('limits.swap')).toMatch(/^0B base:\d+:9$/);
  expect(rows.get('devices')).toMatch(/^\[null, zero, full, random, urandom\] base:\d+:10 p\.yaml:5:11$/);
  expect(rows.get('filesystem.mounts')).toBe(
    '[{"type":"bind","source":"/a","target":"/b","readOnly":true}] p.yaml:6:24',
  );
  expect(rows.get('limits.stdout.onExceed')).toBe('kill ');
  expect(rows.get('languages.java.limits.pids')).toMatch(/^1024 base:/);
  expect([...rows.keys()]).toEqual([...rows.keys()].toSorted());
});
