/** SARIF 2.1.0 (OASIS), what a reader needs of it, and nothing else may be there. Section numbers are the standard's. */
import * as z from 'zod';

const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);

const rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: message,
  fullDescription: message,
  help: message,
  defaultConfiguration: z.strictObject({ level }),
  properties: z.looseObject({ tags: z.array(z.string()) }),
});

const result = z
  .strictObject({
    ruleId: z.string().min(1),
    ruleIndex: z.int().min(0),
    kind: z.enum(['pass', 'open', 'informational', 'notApplicable', 'review', 'fail']),
    level,
    message,
    locations: z
      .array(
        z.strictObject({
          logicalLocations: z.array(
            z.strictObject({ fullyQualifiedName: z.string().min(1), kind: z.string().min(1) }),
          ),
        }),
      )
      .min(1),
    fingerprints: z.record(z.string().regex(/^[A-Za-z]+\/v\d+$/), z.string().min(1)),
    properties: z.looseObject({}),
  })
  // §3.27.9 and §3.27.10: only a failure has a level, and a failure has one.
  .refine(
    ({ kind, level: own }) => (kind === 'fail') === (own !== 'none'),
    'kind and level contradict each other',
  );

const run = z
  .strictObject({
    tool: z.strictObject({
      driver: z.strictObject({
        name: z.string().min(1),
        semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
        rules: z.array(rule),
      }),
    }),
    automationDetails: z.strictObject({ id: z.string().min(1) }),
    invocations: z.array(
      z.strictObject({
        executionSuccessful: z.boolean(),
        startTimeUtc: z.iso.datetime(),
        toolExecutionNotifications: z.array(z.strictObject({ level, message })),
      }),
    ),
    results: z.array(result),
    properties: z.looseObject({}),
  })
  .refine(({ tool, results }) => {
    const { rules } = tool.driver;
    return results.every(({ ruleId, ruleIndex }) => rules[ruleIndex]?.id === ruleId);
  }, '§3.27.6: ruleIndex must lead to the rule with ruleId')
  .refine(({ tool }) => {
    const ids = tool.driver.rules.map(({ id }) => id);
    return new Set(ids).size === ids.length;
  }, '§3.19.23: ids of rules must be unique');

export const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(run),
});
