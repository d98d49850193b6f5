import type { Attack } from '#escape/types.ts';
import { termios } from './termios.ts';
import { tioclinux } from './tioclinux.ts';
import { tiocsti } from './tiocsti.ts';

export const TERMINAL_ATTACKS: readonly Attack[] = [tiocsti, tioclinux, termios];
