import { readFileSync } from 'node:fs';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { RateMeter } from './rate-meter.js';
import type { Sampler, Values } from './sampler.js';
import { withoutMissing } from './without-missing.js';

const LOOPBACK = 'lo';

/** The machine Loadwright runs on. Bytes of the network are only known on Linux. */
export class HostSampler implements Sampler {
  readonly units = {
    cpu: 'percent',
    memory_used: 'bytes',
    memory_share: 'share',
    network_received: 'bytes per second',
    network_sent: 'bytes per second',
    loopback: 'bytes per second',
  } as const;
  readonly #rates = new RateMeter();

  async sample(): Promise<Values> {
    const { busy, all } = readProcessors();
    const [busyMs, allMs] = [this.#rates.added('busy', busy), this.#rates.added('all', all)];
    const used = totalmem() - readAvailable();
    return withoutMissing({
      cpu: busyMs === undefined || !allMs ? undefined : (100 * busyMs) / allMs,
      memory_used: used,
      memory_share: used / totalmem(),
      load_1m: loadavg()[0]!,
      ...this.#readNetwork(),
    });
  }

  #readNetwork(): Record<string, number | undefined> {
    const interfaces = readInterfaces();
    if (interfaces === undefined) return {};
    const outside = interfaces.filter(({ name }) => name !== LOOPBACK);
    const sum = (key: 'received' | 'sent') => outside.reduce((total, one) => total + one[key], 0);
    const loopback = interfaces.find(({ name }) => name === LOOPBACK)?.received ?? 0;
    return {
      network_received: this.#rates.perSecond('received', sum('received')),
      network_sent: this.#rates.perSecond('sent', sum('sent')),
      loopback: this.#rates.perSecond('loopback', loopback),
    };
  }
}

function readProcessors(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}

/** Free memory and what the system can have back at once, such as cached files. */
function readAvailable(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readText('/proc/meminfo') ?? '')?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

function readInterfaces(): { name: string; received: number; sent: number }[] | undefined {
  const lines = readText('/proc/net/dev')?.split('\n').slice(2);
  return lines
    ?.filter((line) => line.includes(':'))
    .map((line) => {
      const [name = '', figures = ''] = line.split(':');
      const fields = figures.trim().split(/\s+/).map(Number);
      return { name: name.trim(), received: fields[0] ?? 0, sent: fields[8] ?? 0 };
    });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
