import type { GeneratorReason, MachineHealth, ShareSigns } from './generator-health.js';
import { percentilesOf } from './histogram.js';
import { showMs, showPercent } from './show-figures.js';

/** From where on a sign is one of strain, and of saturation. `docs/generator.md` says why. */
export const BOUNDS = {
  /** For a tenth of the time, what arrived waited this long (ms). */
  lateAnswers: { strained: 4, saturated: 15 },
  /** One start in a hundred (strained) or in ten (saturated) was this late (ms), in a thread that was so busy. */
  lateStarts: { lagMs: 10, utilisation: 0.85 },
  /** Share of the time in which the thread could have run and others had the core. */
  runDelay: { strained: 0.25 },
  /** Saturated: so much of it, and so late (ms) for a tenth of the time; … */
  starved: { runDelay: 0.3, lateMs: 6 },
  /** … or so much of it in a thread that wanted to run for so much of the time. */
  hungry: { runDelay: 0.4, wanted: 0.8 },
} as const;

/** Too few starts for one in a hundred, or in ten, to be told from a hiccup. */
const LEAST_STARTS = 20;
/** What has a part in a thread's lateness, if it took this share of the time. */
const NOTABLE = { runDelay: 0.1, steal: 0.03, garbage: 0.2 };
/** A process that uses this share of its cores keeps its own threads waiting. */
const FULL_CORES = 0.9;
/** Others are at work if they use this much of the cores. */
const LEAST_OTHERS = 0.1;

/** An interval is closed without a share that is later than this. */
const SILENT_MS = 2000;

/** 0 healthy, 1 strained, 2 saturated. */
export type Level = 0 | 1 | 2;

export interface FoundSign extends Omit<GeneratorReason, 'advice'> {
  level: Level;
  /** Of two of the same level the later one is told of. */
  lateMs: number;
}

/** Every sign that one worker shows in one interval; empty if it is well. */
export function findSigns(signs: ShareSigns, machine: MachineHealth): FoundSign[] {
  return [...findLateness(signs, machine), ...findLateStarts(signs)];
}

/** A worker that has not reported at all is worse than one that says how it is. */
export function silentSign(share: number): FoundSign {
  return {
    sign: 'silent',
    level: 2,
    lateMs: SILENT_MS,
    message: `worker ${share} did not report for over 2 s: its thread is blocked`,
  };
}

function findLateness(signs: ShareSigns, machine: MachineHealth): FoundSign[] {
  const { share, lateness } = signs.health;
  const lateMs = percentilesOf(lateness, [90])[0] ?? 0;
  const lateLevel = levelOf(lateMs, BOUNDS.lateAnswers);
  const level = Math.max(lateLevel, levelOfRunDelay(signs, lateMs)) as Level;
  if (level === 0) return [];
  const late = `worker ${share} saw what had arrived ${showMs(lateMs)} late or more in a tenth of the time`;
  const causes = findCauses(signs, machine);
  // Where the thread itself was not what took the time, it is not to blame.
  const isOwn = causes.length === 0 || causes.every(({ sign }) => sign === 'garbage') || isBusyItself(signs);
  const own: Cause[] = isOwn && lateLevel > 0 ? [{ sign: 'late-answers', message: describeBusy(signs) }] : [];
  return [...own, ...causes].map(({ sign, message }) => ({ sign, level, lateMs, message: `${late}: ${message}` }));
}

function levelOfRunDelay({ health: { cpuShare = 0, runDelayShare = 0 } }: ShareSigns, lateMs: number): Level {
  const { starved, hungry, runDelay } = BOUNDS;
  const isStarved = runDelayShare >= starved.runDelay && lateMs >= starved.lateMs;
  const isHungry = runDelayShare >= hungry.runDelay && cpuShare + runDelayShare >= hungry.wanted;
  if (isStarved || isHungry) return 2;
  return runDelayShare >= runDelay.strained ? 1 : 0;
}

type Cause = Pick<GeneratorReason, 'sign' | 'message'>;

function findCauses({ health }: ShareSigns, machine: MachineHealth): Cause[] {
  const { runDelayShare = 0, garbage, lengthMs } = health;
  const causes: Cause[] = [];
  if (runDelayShare >= NOTABLE.runDelay) causes.push(describeRunDelay(runDelayShare, machine));
  if ((machine.stolenShare ?? 0) >= NOTABLE.steal) {
    const percent = showPercent(machine.stolenShare!);
    causes.push({ sign: 'taken-by-host', message: `the host took ${percent} of the time of this virtual machine` });
  }
  if (garbage.totalMs >= NOTABLE.garbage * lengthMs) {
    const pauses = `${garbage.pauses} pauses, ${showMs(garbage.totalMs)} in all, ${showMs(garbage.longestMs)} the longest`;
    causes.push({ sign: 'garbage', message: `its memory was cleared up in ${pauses}` });
  }
  return causes;
}

function describeRunDelay(runDelayShare: number, { cores, cpuCores, busyCores }: MachineHealth): Cause {
  const waited = `it could have run and had no core for ${showPercent(runDelayShare)} of the time`;
  const others = busyCores === undefined ? undefined : Math.max(0, busyCores - cpuCores);
  const isAlone = cpuCores >= FULL_CORES * cores && (others === undefined || others < LEAST_OTHERS * cores);
  if (isAlone) {
    const message = `${waited}, because Loadwright's own threads use ${showCores(cpuCores)} of ${cores} cores`;
    return { sign: 'too-few-cores', message };
  }
  const used = others === undefined ? '' : ` (they use ${showCores(others)} cores, Loadwright ${showCores(cpuCores)})`;
  return { sign: 'taken-by-others', message: `${waited}, because other programs had it${used}` };
}

/** Half of the time on a core is much, and more than others took. */
function isBusyItself({ health: { cpuShare, runDelayShare = 0, utilisation } }: ShareSigns): boolean {
  return (cpuShare ?? utilisation) >= Math.max(0.5, runDelayShare);
}

function describeBusy({ health: { utilisation, cpuShare } }: ShareSigns): string {
  const cpu = cpuShare === undefined ? '' : `, ${showPercent(cpuShare)} of it on a core`;
  return `its thread was busy for ${showPercent(utilisation)} of the time${cpu}`;
}

function findLateStarts({ health, startLag }: ShareSigns): FoundSign[] {
  const { lagMs, utilisation } = BOUNDS.lateStarts;
  if (startLag.count < LEAST_STARTS || health.utilisation < utilisation) return [];
  const [p90 = 0, p99 = 0] = percentilesOf(startLag.durations, [90, 99]);
  if (p99 < lagMs) return [];
  const isMany = p90 >= lagMs;
  const message =
    `worker ${health.share} was busy for ${showPercent(health.utilisation)} of the time, and ` +
    `${isMany ? 'one start in ten' : 'one start in a hundred'} was ${showMs(isMany ? p90 : p99)} late or more`;
  return [{ sign: 'late-starts', level: isMany ? 2 : 1, lateMs: p90, message }];
}

function levelOf(value: number, bounds: { strained: number; saturated: number }): Level {
  if (value >= bounds.saturated) return 2;
  return value >= bounds.strained ? 1 : 0;
}

function showCores(cores: number): string {
  return cores.toFixed(1);
}
