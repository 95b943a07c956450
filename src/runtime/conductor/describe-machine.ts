import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Machine } from '../protocol.js';

/** The machine this process runs on. */
export function describeMachine(): Machine {
  return {
    platform: platform(),
    release: release(),
    architecture: arch(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
  };
}
