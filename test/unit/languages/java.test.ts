import { describe, expect, test } from 'vitest';
import { java } from '#languages/java.ts';
import { mainClassOf } from '#languages/java-class.ts';
import { javaFileName } from '#languages/java-source.ts';

describe('the name that javac wants', () => {
  test.each([
    ['public class Hello {}', 'Hello.java'],
    ['class Hello {}', 'Main.java'],
    ['package a.b;\npublic final class Ünïcode {}', 'Ünïcode.java'],
    ['public sealed interface Shape permits A {}', 'Shape.java'],
    ['public record Pair(int a) {}', 'Pair.java'],
    ['public enum E { A }', 'E.java'],
    ['public @interface Note {}', 'Note.java'],
    ['class A { public static class B {} }\npublic class C {}', 'C.java'],
    ['// public class No {}\npublic class Yes {}', 'Yes.java'],
    ['/* public class No {} */ class A { String s = "public class No {}"; }', 'Main.java'],
    ['class A { String s = """\npublic class No {}\n"""; char c = \'"\'; }\npublic class B {}', 'B.java'],
    ['}}} public class A {}', 'A.java'],
    ['', 'Main.java'],
    ['/* never closed public class A {}', 'Main.java'],
  ])('of %j is %s', (code, name) => expect(javaFileName(code)).toBe(name));
});

/** A class file with one method, as JVMS 4.1 writes it. */
function classFile(name: string, method: { name: string; type: string; flags: number }): Uint8Array {
  const u2 = (value: number) => [value >> 8, value & 255];
  const utf8 = (text: string) => [1, ...u2(Buffer.byteLength(text)), ...Buffer.from(text)];
  return Uint8Array.from([
    ...[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61],
    // 1: name, 2: class, 3: a long and (4) its second place, 5: method, 6: type
    ...[
      ...u2(7),
      ...utf8(name),
      7,
      ...u2(1),
      5,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      ...utf8(method.name),
      ...utf8(method.type),
    ],
    ...[...u2(0x21), ...u2(2), ...u2(0)],
    ...[...u2(0), ...u2(0)],
    ...[...u2(1), ...u2(method.flags), ...u2(5), ...u2(6), ...u2(1), ...u2(1), 0, 0, 0, 2, 0, 0],
    ...u2(0),
  ]);
}

const MAIN = { name: 'main', type: '([Ljava/lang/String;)V', flags: 9 };

describe('a class file', () => {
  test('with a main method is a program', () => expect(mainClassOf(classFile('a/b/C', MAIN))).toBe('a.b.C'));

  test.each([
    ['another name', { ...MAIN, name: 'Main' }],
    ['another type', { ...MAIN, type: '()V' }],
    ['no static', { ...MAIN, flags: 1 }],
    ['not public', { ...MAIN, flags: 8 }],
  ])('with %s is none', (_, method) => expect(mainClassOf(classFile('C', method))).toBeUndefined());

  test('that ends anywhere is none, and never an exception', () => {
    const whole = classFile('C', MAIN);
    for (let length = 0; length < whole.length - 2; length += 1) {
      expect(() => mainClassOf(whole.subarray(0, length))).not.toThrow();
    }
    expect(mainClassOf(whole.subarray(0, 30))).toBeUndefined();
  });

  test('with any one byte changed is never an exception', () => {
    const whole = classFile('C', MAIN);
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of [0, 1, 127, 128, 255]) {
        const changed = Uint8Array.from(whole);
        changed[at] = byte;
        expect(() => mainClassOf(changed)).not.toThrow();
      }
    }
  });
});

describe('the class that is run', () => {
  const limits = { memoryBytes: null, stackBytes: null, cpuCores: null };
  const chosen = (entrypoint: string, ...names: readonly string[]) => {
    const outputs = names.map((name) => ({
      path: `.compiled/${name}.class`,
      content: classFile(name, MAIN),
    }));
    return java.runArgv({ ...limits, interpreter: '/java', entrypoint, args: [], outputs }).at(-1);
  };
  test.each([
    ['/workspace/Main.java', ['Main'], 'Main'],
    ['/workspace/Main.java', ['A', 'Main'], 'Main'],
    ['/workspace/src/App.java', ['B', 'org/x/App'], 'org.x.App'],
    ['/workspace/Main.java', ['Z', 'B'], 'B'],
    ['/workspace/q/Main.java', ['p/Main', 'q/Main'], 'q.Main'],
    ['/workspace/src/q/Main.java', ['p/Main', 'q/Main'], 'q.Main'],
    ['/workspace/a/b/Main.java', ['Main', 'a/b/Main', 'b/Main'], 'a.b.Main'],
    ['/workspace/Main.java', ['a/Main', 'Main'], 'Main'],
    ['/workspace/Main.java', ['b/Main', 'a/Other'], 'b.Main'],
    ['/workspace/odd name.java', ['p/B', 'A'], 'A'],
    ['/workspace/Main.java', [], 'Main'],
  ])('%s with %j is %s', (entrypoint, names, expected) =>
    expect(chosen(entrypoint, ...names)).toBe(expected),
  );

  test('is not one that lies at the path of another', () => {
    const outputs = [{ path: '.compiled/Other.class', content: classFile('-version', MAIN) }];
    const run = { ...limits, interpreter: '/java', entrypoint: '/workspace/Main.java', args: [], outputs };
    expect(java.runArgv(run).at(-1)).toBe('Main');
  });
});

describe('the limits of the JVM', () => {
  const MIB = 1024 ** 2;
  const flags = (memoryMiB: number, stackBytes: number | null, cpuCores: number | null) =>
    java
      .runArgv({
        interpreter: '/java',
        entrypoint: '/workspace/Main.java',
        args: [],
        outputs: [],
        memoryBytes: memoryMiB * MIB,
        stackBytes,
        cpuCores,
      })
      .filter((flag) => /^-X(?:mx|ss)|ActiveProcessorCount/.test(flag));
  test.each([
    [768, 8 * MIB, 1, ['-XX:ActiveProcessorCount=1', '-Xmx576m', '-Xss8192k']],
    [256, 1024, 0.5, ['-XX:ActiveProcessorCount=1', '-Xmx89m', '-Xss512k']],
    [96, 2048 * MIB, 2.5, ['-XX:ActiveProcessorCount=3', '-Xmx33m', '-Xss1048576k']],
  ])('of %d MiB', (memory, stack, cores, expected) => expect(flags(memory, stack, cores)).toEqual(expected));
});
