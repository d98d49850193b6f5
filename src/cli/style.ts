import { styleText } from 'node:util';

export type Paint = (format: 'red' | 'yellow' | 'bold' | 'dim' | 'green', text: string) => string;

/** NO_COLOR (no-color.org) wins over FORCE_COLOR (force-color.org); without either, a terminal gets colours. */
export function painter(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const coloured = wantsColour(isTerminal, env);
  return (format, text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}

function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const { NO_COLOR: off, FORCE_COLOR: forced } = env;
  if (off !== undefined && off !== '') return false;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}
