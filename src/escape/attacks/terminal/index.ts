import type { Attack } from '#escape/types.ts';
import { session } from './session.ts';
import { termios } from './termios.ts';
import { tioclinux } from './tioclinux.ts';
import { tiocsti } from './tiocsti.ts';

export const TERMINAL_ATTACKS: readonly Attack[] = [tiocsti, tioclinux, session, termios];
