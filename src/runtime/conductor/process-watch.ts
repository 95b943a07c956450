import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { now } from '../../metrics/clock.js';
import type { MachineHealth } from '../../metrics/generator-health.js';

/** On Linux: what all cores together did since the machine was started, in ticks. */
const FILE = '/proc/stat';
/** Readings closer than this say nothing. */
const LEAST_MS = 200;

interface MachineTime {
  totalTicks: number;
  idleTicks: number;
  stolenTicks: number;
  cores: number;
}

/** Reads `/proc/stat`: user, nice, system, idle, waiting for disks, interrupts, soft ones, stolen. */
export function parseMachineTime(text: string): MachineTime | undefined {
  const [first, ...lines] = text.split('\n');
  const ticks = /^cpu\s+(.*)$/
    .exec(first ?? '')?.[1]
    ?.split(' ')
    .slice(0, 8)
    .map(Number);
  if (ticks === undefined || ticks.length < 8 || !ticks.every(Number.isFinite)) return undefined;
  return {
    totalTicks: ticks.reduce((sum, count) => sum + count, 0),
    idleTicks: ticks[3]! + ticks[4]!,
    stolenTicks: ticks[7]!,
    cores: lines.filter((line) => /^cpu\d/.test(line)).length,
  };
}

/** What this process and its machine do, second by second; read where shares meet. */
export class ProcessWatch {
  readonly #cores = availableParallelism();
  #atMs = now();
  #usage = process.cpuUsage();
  #machine = readMachineTime();
  #health: MachineHealth = { cores: this.#cores, cpuCores: 0 };

  /** Since the last time; if that was just now, the same once more. */
  take(): MachineHealth {
    const atMs = now();
    if (atMs - this.#atMs < LEAST_MS) return this.#health;
    const { user, system } = process.cpuUsage(this.#usage);
    const cpuCores = (user + system) / 1000 / (atMs - this.#atMs);
    this.#atMs = atMs;
    this.#usage = process.cpuUsage();
    this.#health = { cores: this.#cores, cpuCores, ...this.#takeMachine() };
    return this.#health;
  }

  #takeMachine(): Pick<MachineHealth, 'busyCores' | 'stolenShare'> {
    const before = this.#machine;
    const after = readMachineTime();
    this.#machine = after;
    if (before === undefined || after === undefined || after.totalTicks <= before.totalTicks) return {};
    const total = after.totalTicks - before.totalTicks;
    const stolen = after.stolenTicks - before.stolenTicks;
    const busy = total - (after.idleTicks - before.idleTicks) - stolen;
    return { busyCores: (busy / total) * after.cores, stolenShare: stolen / total };
  }
}

function readMachineTime(): MachineTime | undefined {
  try {
    return parseMachineTime(readFileSync(FILE, 'latin1'));
  } catch {
    return undefined;
  }
}
