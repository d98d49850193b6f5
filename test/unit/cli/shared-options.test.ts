import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addSharedOptions, addSourceOptions, LOG_LEVEL_NAMES } from '#cli/shared-options.ts';
import { LOG_LEVELS } from '#internal.ts';

function parse(...words: readonly string[]): unknown {
  const command = addSharedOptions(addSourceOptions(new Command())).argument('[file...]').exitOverride();
  command.configureOutput({ writeErr: () => {} }).parse([...words], { from: 'user' });
  return { ...command.opts(), operands: command.args };
}

test('the levels offered are those of the log', () => {
  expect(LOG_LEVEL_NAMES).toEqual(LOG_LEVELS);
});

test('options may stand before and after the file', () => {
  expect(parse('--json', 'a.py', '--timeout', '5s', '-q')).toEqual({
    compileCache: true,
    json: true,
    timeout: '5s',
    quiet: true,
    operands: ['a.py'],
  });
});

test('--set, --file and --env are collected in their order', () => {
  const words = ['--set', 'a=1', '--env', 'X=1', '--set', 'b=2', '--file', 'x:y', '--env', 'X=2'];
  expect(parse(...words)).toMatchObject({ set: ['a=1', 'b=2'], env: ['X=1', 'X=2'], file: ['x:y'] });
});

test('every option of the contract is there', () => {
  const command = addSharedOptions(addSourceOptions(new Command()));
  const names = command.options.map(({ long }) => long);
  const contract =
    '--lang --code --no-compile-cache --policy --engine --rootfs --timeout --memory --cpus --pids --network --set --allow-widen --stdin --file --env --cwd --artifact --out --json --progress --quiet --log-level --log-file --raw';
  expect([...names].sort()).toEqual(contract.split(' ').sort());
});

test.each([['--engine', 'docker'], ['--log-level', 'loud'], ['--memory']])('%s %s is refused', (...words) => {
  expect(() => parse(...words)).toThrow();
});
