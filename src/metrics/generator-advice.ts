import type { GeneratorSign } from './generator-health.js';

/** What to do about each sign of a generator that does not keep up. */
export const GENERATOR_ADVICE: Readonly<Record<GeneratorSign, string>> = {
  'late-answers': 'more --workers if there are cores left, fewer users, or less work in tasks',
  'late-starts': 'more --workers if there are cores left, or a lower rate',
  silent: 'no loops without await and no synchronous calls in tasks; heavy work belongs into setup',
  'taken-by-others': 'let nothing else run on this machine, the target neither, or give Loadwright cores of its own',
  'too-few-cores': 'fewer --workers, or a machine with more cores',
  'taken-by-host': 'a machine whose cores are its own, or another time',
  garbage: "smaller answers (body: 'discard' keeps none), or more --workers: each has memory of its own",
};
