import * as z from 'zod';

const metricSchema = z.object({
  name: z.string(),
  unit: z
    .enum(['percent', 'share', 'count', 'bytes', 'ms', 'per second', 'bytes per second'])
    .describe('percent: of one core for a process, of all cores for the host; share: 0 to 1.'),
  baseline: z.number().optional().describe('Before the first user.'),
  count: z.number().int().describe('Seconds that had it. What follows is of these, and absent without any.'),
  min: z.number().optional(),
  mean: z.number().optional(),
  max: z.number().optional(),
  last: z.number().optional(),
  values: z.array(z.number().nullable()).describe('One for each point: the mean of its seconds; null: not told.'),
});

const monitorSchema = z.object({
  name: z.string(),
  kind: z.enum(['process', 'host', 'postgres', 'redis', 'prometheus', 'function']),
  samples: z.number().int().describe('Seconds in which it measured.'),
  failures: z.number().int().describe('Seconds in which it did not, the look before the load included.'),
  failure: z.string().optional().describe('Why it failed first.'),
  metrics: z.array(metricSchema),
  statements: z
    .array(z.object({ text: z.string(), calls: z.number(), totalMs: z.number(), meanMs: z.number() }))
    .optional()
    .describe('What took a database the most time during the load.'),
});

export const monitorsSchema = z
  .object({
    secondsPerPoint: z.number().int().describe('1, or a power of two in a long run.'),
    second: z.array(z.number().int()).describe('First second of the run that each point covers.'),
    seconds: z.array(z.number().int()).describe('How many it covers.'),
    all: z.array(monitorSchema),
  })
  .describe('What the monitors of the scenario measured beside the load: docs/monitors.md');

export type ResultMonitors = z.infer<typeof monitorsSchema>;
