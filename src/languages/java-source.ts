/** The least that has to be known of a Java source: javac wants a public class in a file of its name (JLS 7.6). */

/** Comments, texts and characters, which may look like declarations. */
const NOT_CODE =
  /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"""[\s\S]*?(?:"""|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
const PUBLIC_TYPE =
  /\bpublic\s+(?:(?:abstract|final|sealed|non-sealed|strictfp|static)\s+)*(?:class|interface|enum|record|@interface)\s+([\p{L}_$][\p{L}\p{N}_$]*)/u;

/** `<PublicType>.java`, or Main.java where no type is public. */
export function javaFileName(code: string): string {
  const bare = code.replace(NOT_CODE, ' ');
  // Only what is not inside braces: a nested class may be public as well.
  const top = [...topLevel(bare)].join('');
  return `${PUBLIC_TYPE.exec(top)?.[1] ?? 'Main'}.java`;
}

function* topLevel(code: string): Generator<string> {
  let depth = 0;
  for (const part of code.split(/([{}])/)) {
    if (part === '{') depth += 1;
    else if (part === '}') depth = Math.max(0, depth - 1);
    else if (depth === 0) yield ` ${part} `;
  }
}
