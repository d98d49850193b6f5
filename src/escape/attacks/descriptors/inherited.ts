import type { RunAttack } from '#escape/types.ts';
import { askDescriptors, judgeInherited } from './open-descriptors.ts';

export const inherited: RunAttack = {
  kind: 'run',
  id: 'fd-inherited',
  category: 'descriptors',
  impact: 'E',
  tier: 1,
  title: 'Descriptors left open by the supervisor or the launcher',
  technique: 'asks for each number from 0 to 1023 whether it is open',
  reference:
    'bubblewrap hands on every descriptor without FD_CLOEXEC; isolate closes them all; firejail #4845',
  expected: 'exactly 0, 1 and 2',
  run: (context) => askDescriptors(context, judgeInherited),
};
