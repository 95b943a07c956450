import * as z from 'zod';
import { distributionSchema } from './number-schema.js';

export const machineSchema = z
  .object({
    platform: z.string().describe('linux, darwin, win32, …'),
    release: z.string().describe('Of the operating system.'),
    architecture: z.string(),
    cpuModel: z.string(),
    cores: z.number().describe('Processors the run could use.'),
    memoryBytes: z.number(),
    node: z.string().describe('Version of Node.js.'),
  })
  .describe('Where the run was driven from.');

export const optionSchema = z.object({
  value: z
    .union([
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(z.string()),
      z.array(z.object({ durationMs: z.number(), target: z.number() })),
      z.record(z.string(), z.string()),
    ])
    .describe('Durations are milliseconds, sizes bytes; null: none. Secrets are ***.'),
  text: z.string().describe('As a person would type it.'),
  layer: z.enum(['default', 'config', 'script', 'profile', 'environment', 'flag']),
  origin: z.string().describe('Where the value came from: --users, LOADWRIGHT_USERS, default.'),
});

const figuresSchema = distributionSchema.extend({ count: z.number() });

const loadKindSchema = z
  .object({
    kind: z.string(),
    mostUsers: z.number().describe('At the end of any second.'),
    requests: figuresSchema
      .extend({ failures: z.number(), failedShare: z.number() })
      .optional()
      .describe('Absent where there were more than 50 kinds in all loads.'),
    iterations: figuresSchema.optional().describe('Tasks that were carried out.'),
  })
  .describe('One kind of user in one load.');

export const loadSchema = z.object({
  name: z.string(),
  executor: z.string().describe('The load model: plain, stages, constant-arrival-rate, …'),
  model: z.enum(['users', 'starts']).describe('Closed: users loop. Open: iterations start at a rate.'),
  startAtMs: z.number().optional().describe('Since the start of the run; absent: after another load.'),
  after: z.string().optional(),
  endMs: z.number().optional().describe('Of its own time; absent: until stopped.'),
  labels: z.record(z.string(), z.string()),
  line: z
    .array(z.object({ fromMs: z.number(), toMs: z.number(), from: z.number(), to: z.number() }))
    .describe('What was planned at the start: users, or starts a second, over its own time.'),
  kinds: z.array(loadKindSchema),
});

export const stopSchema = z
  .object({
    by: z.enum(['signal', 'script', 'threshold', 'lost-worker']),
    reason: z.string(),
    signal: z.enum(['SIGINT', 'SIGTERM', 'abort']).optional(),
    hasFailed: z.boolean().optional(),
  })
  .describe('Why the run ended before its plan did.');

export const thresholdSchema = z.object({
  key: z.string().describe('What is judged: http_req_duration{name:02_product_list}.'),
  expression: z.string().describe('p(95)<2000'),
  state: z.enum(['passed', 'failed', 'pending']).describe('pending: the run was killed before it could be judged.'),
  value: z.number().optional().describe('Of the whole run, or of the worst window; absent without data.'),
  limit: z.number(),
  unit: z.string().optional().describe('Of a metric of the scenario, if it gave one.'),
  worst: z.object({ value: z.number(), fromMs: z.number(), toMs: z.number() }).optional(),
  windowMs: z.number().optional(),
  abortOnFail: z.boolean(),
  delayAbortEvalMs: z.number(),
  isAbortRule: z.boolean(),
  hasData: z.boolean(),
});

export const findingSchema = z
  .union([
    z.object({ state: z.enum(['no-criteria', 'never-broke']) }),
    z.object({
      state: z.literal('broke'),
      brokeAtMs: z.number(),
      usersAtBreak: z.number(),
      windowFromMs: z.number(),
      criterion: z.object({ key: z.string(), expression: z.string(), value: z.number().optional() }),
      recovery: z.enum(['held-again', 'never-held-again', 'load-never-fell']),
      fellAtMs: z.number().optional(),
      heldAgainAfterMs: z.number().optional(),
    }),
  ])
  .describe('Up to how many users the target kept to its limits.');

export const bottleneckSchema = z.object({
  rule: z.string().describe('lock-wait; docs/bottlenecks.md lists them.'),
  title: z.string().describe('In plain words, with the figures.'),
  evidence: z.array(z.string()),
  advice: z.string(),
  method: z.string().optional(),
  requestName: z.string().optional().describe('Of which requests, where it is about one name.'),
  fromMs: z.number().optional().describe('Since when; absent where it was so from the start.'),
  fromUsers: z.number().optional().describe('From how many users on.'),
  weight: z.number().describe('Share of all response time that it explains, or how bad it is otherwise, 0 to 1.'),
});

const garbageSchema = z.object({ pauses: z.number(), totalMs: z.number(), longestMs: z.number() });

export const generatorSchema = z
  .object({
    verdict: z.enum(['healthy', 'strained', 'saturated']),
    reasons: z.array(z.object({ sign: z.string(), message: z.string(), advice: z.string() })),
    utilisation: z.number().describe('Of the event loop of the busiest worker, 0 to 1.'),
    machine: z.object({
      cores: z.number(),
      cpuCores: z.number(),
      busyCores: z.number().optional(),
      stolenShare: z.number().optional(),
    }),
    addedLatency: z
      .object({ meanMs: z.number(), p99Ms: z.number() })
      .describe('What Loadwright itself added to the times of requests, by estimate.'),
    garbage: garbageSchema,
    connections: z.object({
      opened: z.number(),
      tlsHandshakes: z.number(),
      tlsFailures: z.number().optional().describe('Absent where it was not counted yet.'),
      tlsMs: z.number(),
    }),
    workers: z.array(
      z.object({
        share: z.number(),
        utilisation: z.number(),
        cpuShare: z.number().optional(),
        runDelayShare: z.number().optional(),
        lateness: z.object({
          meanMs: z.number(),
          medianMs: z.number(),
          p90Ms: z.number(),
          p99Ms: z.number(),
          maxMs: z.number(),
        }),
        garbage: garbageSchema,
      }),
    ),
    judgedMs: z.number(),
    strainedMs: z.number(),
    saturatedMs: z.number(),
  })
  .describe('Whether Loadwright itself kept up.');

export const lostWorkerSchema = z.object({
  type: z.literal('worker-lost'),
  share: z.number(),
  reason: z.string(),
  kind: z.string().optional(),
  task: z.string().optional(),
});
