/** What is wrong with the conditions of a profile's groups, and with several groups that name one call. */
import type { InputIssue } from '#error/codes.ts';
import { parseArgument } from './argument.ts';
import { asksNoMore, conditionKeys } from './conditions.ts';
import { neverHolds } from './contradiction.ts';
import { ARCHES, type Arch, type Condition } from './ir.ts';
import {
  type ProfileCondition,
  type ProfileGroup,
  type ProfileValue,
  resolveCondition,
  type Written,
} from './profile.ts';
import { conditionIssues } from './validate.ts';

/** The problems of one group's `when`, on each architecture that it is for. */
export function conditionsIssues(group: ProfileGroup): readonly InputIssue[] {
  const { when } = group;
  const values = when.flatMap((condition) => uniqueIssues(group, (arch) => valueIssues(condition, arch)));
  if (values.length > 0) return values;
  return uniqueIssues(group, (arch) => {
    const issues = when.flatMap((condition) =>
      conditionIssues(resolveCondition(condition.value, arch), condition.path).map((issue) => ({
        ...issue,
        ...condition.place,
      })),
    );
    return issues.length > 0 ? issues : contradictionIssues(group, arch);
  });
}

/** The same problem on both architectures is one problem. */
function uniqueIssues(
  { arches = ARCHES }: ProfileGroup,
  find: (arch: Arch) => readonly InputIssue[],
): readonly InputIssue[] {
  const found = arches.flatMap((arch) => find(arch));
  return [...new Map(found.map((issue) => [`${issue.path} ${issue.message}`, issue])).values()];
}

function valueIssues({ value, path, place }: Written<ProfileCondition>, arch: Arch): readonly InputIssue[] {
  const needsMask = value.op === 'maskedEq';
  if (needsMask !== (value.mask !== undefined)) {
    const message = needsMask ? '`maskedEq` needs a `mask`' : `\`mask\` belongs to \`maskedEq\` only`;
    return [{ path, message, ...place }];
  }
  const texts: readonly (readonly [string, ProfileValue])[] = [
    ['value', value.value],
    ...(value.mask === undefined ? [] : [['mask', value.mask] as const]),
  ];
  return texts.flatMap(([key, text]) => {
    const parsed = parseArgument(arch, String(text));
    if (parsed.ok) return [];
    const { message, suggestion } = parsed;
    return [{ path: `${path}.${key}`, message, ...(suggestion ? { suggestion } : {}), ...place }];
  });
}

function contradictionIssues({ when }: ProfileGroup, arch: Arch): readonly InputIssue[] {
  const first = when[0];
  if (!first || !neverHolds(when.map(({ value }) => resolveCondition(value, arch)))) return [];
  const path = first.path.replace(/\.\d+$/, '');
  return [{ path, message: 'the conditions contradict each other: they never hold', ...first.place }];
}

/** One group that names a call, as it counts for that call. */
interface Mention {
  readonly name: Written<string>;
  readonly group: ProfileGroup;
}

/**
 * Several groups of one layer may name a call when all of them have conditions, which are then tried in the order
 * written. A group without conditions beside others would make the order decide what the file means.
 */
export function overlapIssues(groups: readonly ProfileGroup[]): readonly InputIssue[] {
  const mentions = new Map<string, Mention[]>();
  for (const group of groups) {
    for (const name of group.syscalls) {
      const known = mentions.get(name.value) ?? [];
      mentions.set(name.value, [...known, { name, group }]);
    }
  }
  return [...mentions.values()].flatMap((list) =>
    list.flatMap((mention, index) =>
      list
        .slice(0, index)
        .filter((earlier) => shareArch(earlier.group, mention.group))
        .flatMap((earlier) => pairIssues(earlier, mention))
        .slice(0, 1),
    ),
  );
}

function shareArch(a: ProfileGroup, b: ProfileGroup): boolean {
  const { arches = ARCHES } = a;
  return arches.some((arch) => (b.arches ?? ARCHES).includes(arch));
}

function pairIssues(earlier: Mention, { name, group }: Mention): readonly InputIssue[] {
  const problem = pairProblem(earlier.group, group);
  if (problem === undefined) return [];
  const { file, line } = earlier.name.place;
  const where = file === name.place.file ? `line ${line ?? '?'}` : `${file}:${line ?? '?'}`;
  return [{ path: name.path, message: `\`${name.value}\` ${problem} (${where})`, ...name.place }];
}

function pairProblem(earlier: ProfileGroup, later: ProfileGroup): string | undefined {
  if (earlier === later) return 'is named twice';
  const plain = [earlier, later].filter(({ when }) => when.length === 0).length;
  if (plain === 2) return 'has a rule already';
  if (plain === 1) return 'has a rule with conditions and one without; write the latter as `otherwise`';
  if (earlier.otherwise && later.otherwise) return 'has an `otherwise` already';
  const [before, after] = [earlier, later].map((group) => ownConditions(group));
  return before && after && asksNoMore(conditionKeys(before), conditionKeys(after))
    ? 'is decided by an earlier group: this one never applies'
    : undefined;
}

function ownConditions({ when, arches = ARCHES }: ProfileGroup): readonly Condition[] {
  return arches.slice(0, 1).flatMap((arch) => when.map(({ value }) => resolveCondition(value, arch)));
}
