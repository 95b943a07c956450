import { once } from 'node:events';
import { expect, it } from 'vitest';
import { findFreePort } from '../../../examples/stock/system/services/service-process.js';
import {
  hostMonitor,
  monitor,
  postgresMonitor,
  processMonitor,
  prometheusMonitor,
  redisMonitor,
} from '../../../src/runtime/user/define-monitors.js';
import { startChild } from '../../support/child-program.js';
import { metricOf, runMonitored, seriesOf } from '../../support/monitored-run.js';
import { startRaw } from '../../support/small-servers.js';

it('a process that burns CPU is seen to use a core, and one that idles is not', async () => {
  const busy = await startChild(`
    import { writeSync } from 'node:fs';
    for (let next = 0; ; ) {
      if (Date.now() < next) continue;
      next = Date.now() + 100;
      const { user, system } = process.cpuUsage();
      writeSync(1, (user + system) / 1000 + ' ' + performance.now() + '\\n');
    }`);
  // What it says of itself: others share these cores, so it may not get one for itself.
  let told = '';
  busy.child.stdout!.on('data', (text: Buffer) => {
    told += text.toString();
  });
  const idle = await startChild('console.log("idling"); setInterval(() => {}, 1000);');
  const monitors = [
    processMonitor({ pid: busy.pid }, { name: '바쁨' }),
    processMonitor({ pid: idle.pid }, { name: 'idle' }),
  ];
  let saidBefore = 0;
  const { result, readings } = await runMonitored(monitors, {
    seconds: 3,
    onEvent: (event) => {
      if (event.type === 'monitors-sampled' && event.interval === -1)
        saidBefore = told.lastIndexOf('\n', told.length - 2);
    },
  });
  expect(result.exitCode).toBe(0);
  const cpu = metricOf(result, '바쁨', 'cpu');
  expect(cpu.unit).toBe('percent');
  const lines = told.slice(saidBefore).trim().split('\n');
  const [first, last] = [lines[0]!, lines.at(-1)!].map((line) => line.split(' ').map(Number));
  const ownPercent = (100 * (last![0]! - first![0]!)) / (last![1]! - first![1]!);
  expect(cpu.mean).toBeGreaterThan(ownPercent * 0.7);
  expect(cpu.mean).toBeLessThan(ownPercent * 1.3);
  expect(metricOf(result, 'idle', 'cpu').mean).toBeLessThan(cpu.mean! / 4);
  expect(readings.map(({ interval }) => interval)).toEqual([-1, 0, 1, 2]);
  expect(seriesOf(readings, 'idle', 'threads').every((threads) => threads >= 4)).toBe(true);
});

it('memory that grows is seen to grow, and files that are opened are counted', async () => {
  const { pid } = await startChild(`
    import { openSync } from 'node:fs';
    const kept = [];
    console.log('growing');
    setInterval(() => { kept.push(Buffer.alloc(20_000_000, 1)); openSync('/dev/null'); }, 100);`);
  const { result } = await runMonitored([processMonitor({ pid }, { name: 'leak' })]);
  const memory = metricOf(result, 'leak', 'memory');
  expect(memory.unit).toBe('bytes');
  expect(memory.last! - memory.baseline!).toBeGreaterThan(150_000_000);
  const files = metricOf(result, 'leak', 'open_files');
  expect(files.last! - files.baseline!).toBeGreaterThan(8);
});

it('a port leads to the process that listens on it, and to the workers of its cluster', async () => {
  const { line } = await startChild(`
    const { default: cluster } = await import('node:cluster');
    import { createServer } from 'node:http';
    import { writeFileSync } from 'node:fs';
    import { join } from 'node:path';
    import { tmpdir } from 'node:os';
    const file = join(tmpdir(), 'loadwright-cluster-' + process.pid + '.mjs');
    writeFileSync(file, \`import { createServer } from 'node:http';
      createServer().listen(0, '127.0.0.1');
      setInterval(() => { const until = Date.now() + 10; while (Date.now() < until); }, 30);\`);
    cluster.setupPrimary({ exec: file, execArgv: [] });
    for (let worker = 0; worker < 2; worker++) cluster.fork();
    let listening = 0;
    cluster.on('listening', (_, { port }) => { if (++listening === 2) console.log(port); });`);
  const { result } = await runMonitored([processMonitor({ port: Number(line) })], { seconds: 1 });
  const monitor = `process port ${line}`;
  expect(metricOf(result, monitor, 'processes').last).toBe(3);
  const share = metricOf(result, monitor, 'cpu_busiest').last! / metricOf(result, monitor, 'cpu').last!;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.8);
});

it('a port that nobody listens on is told, and whoever listens there later is found, each time anew', async () => {
  const port = await findFreePort();
  const listen = () =>
    startChild(`import { createServer } from 'node:http';
      createServer().listen(${port}, '127.0.0.1', () => console.log('listening'));`);
  let acting: Promise<unknown> = Promise.resolve();
  let server: Awaited<ReturnType<typeof listen>> | undefined;
  const seen: boolean[] = [];
  const stop = new AbortController();
  const { result, events } = await runMonitored([processMonitor({ port }, { name: 'API' })], {
    seconds: 25,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type !== 'monitors-sampled') return;
      const isThere = event.samples.length > 0;
      if (isThere !== seen.at(-1)) seen.push(isThere);
      else return;
      // Nobody, somebody, nobody, somebody else.
      if (seen.length === 1 || seen.length === 3) {
        acting = acting.then(listen).then((started) => {
          server = started;
        });
      } else if (seen.length === 2) acting = acting.then(() => server!.child.kill('SIGKILL'));
      else stop.abort();
    },
  });
  await acting;
  expect(seen).toEqual([false, true, false, true]);
  const failure = `no process of this machine listens on port ${port}`;
  expect(result.monitors![0]).toMatchObject({ name: 'API', failure });
  const warnings = events.filter((event) => event.type === 'warning' && event.code === 'MONITOR_FAILED');
  expect(warnings).toMatchObject([{ message: expect.stringContaining(`"API" failed before the load: ${failure}`) }]);
  expect(metricOf(result, 'API', 'processes').last).toBe(1);
});

it('a process that is not there is told', async () => {
  const { child, pid } = await startChild('console.log("here"); setInterval(() => {}, 1000);');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { result } = await runMonitored([processMonitor({ pid })], { seconds: 1 });
  expect(result.monitors![0]).toMatchObject({ samples: 0, failure: `there is no process ${pid}` });
});

it('targets that accept and say nothing hold up the start by a second at most, and the others are asked before it', async () => {
  const silent = await startRaw(() => {});
  const monitors = [
    redisMonitor(`redis://:secret@${silent.host}`),
    postgresMonitor(`postgres://me:secret@${silent.host}/stock`),
    prometheusMonitor(silent.url, { requests: 'requests_total' }),
    monitor('fine', () => ({ number: 1 })),
  ];
  const startedMs = async (list: typeof monitors) => {
    const beganMs = performance.now();
    let startMs = 0;
    const run = await runMonitored(list, {
      seconds: 1,
      onEvent: (event) => {
        if (event.type === 'run-started') startMs = performance.now() - beganMs;
      },
    });
    return { ...run, startMs };
  };
  const quick = await startedMs(monitors.slice(3));
  const { result, startMs } = await startedMs(monitors);
  expect(startMs - quick.startMs).toBeGreaterThan(500);
  expect(startMs - quick.startMs).toBeLessThan(1700);
  expect(metricOf(result, 'fine', 'number')).toMatchObject({ baseline: 1, count: 1 });
  for (const name of ['redis', 'postgres', 'prometheus']) {
    const told = result.monitors!.find((one) => one.name === name);
    expect(told, name).toMatchObject({ samples: 0, failures: 2, failure: 'it did not answer within 900 ms' });
  }
  expect(result).toMatchObject({ exitCode: 0, durationMs: 1000 });
  await silent.close();
});

it('the host tells its CPU, memory, load and network', async () => {
  const { result, readings } = await runMonitored([hostMonitor()]);
  expect(Object.keys(readings.at(-1)!.samples[0]!.values)).toEqual(
    expect.arrayContaining(['cpu', 'memory_used', 'memory_share', 'load_1m', 'network_received', 'network_sent']),
  );
  const share = metricOf(result, 'host', 'memory_share');
  expect(share.last).toBeGreaterThan(0);
  expect(share.last).toBeLessThan(1);
  expect(metricOf(result, 'host', 'cpu').max).toBeLessThanOrEqual(100);
});

it('a monitor that throws is reported once, counted, and does not touch the run', async () => {
  let calls = 0;
  const broken = monitor('broken', () => {
    calls++;
    throw new Error('no way to http://me:hunter2@host/');
  });
  const fine = monitor('fine', async () => ({ 대기: 3 }));
  const { result, events } = await runMonitored([broken, fine]);
  expect(result).toMatchObject({ exitCode: 0, state: 'completed' });
  const warnings = events.filter((event) => event.type === 'warning');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ code: 'MONITOR_FAILED', message: expect.stringContaining('"broken"') });
  expect(JSON.stringify(events)).not.toContain('hunter2');
  expect(calls).toBe(3);
  const [told, other] = result.monitors!.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  expect(told).toMatchObject({ name: 'broken', samples: 0, failures: 3, failure: expect.stringContaining('no way') });
  expect(other).toMatchObject({ name: 'fine', samples: 2, failures: 0 });
  expect(metricOf(result, 'fine', '대기')).toEqual({
    name: '대기',
    unit: 'count',
    baseline: 3,
    count: 2,
    min: 3,
    mean: 3,
    max: 3,
    last: 3,
  });
});

it('a monitor that hangs is given up each second, and the end of the run is not later for it', async () => {
  const signals: AbortSignal[] = [];
  const hanging = monitor('hanging', ({ signal }) => {
    signals.push(signal);
    return signals.length === 1 ? { number: 1 } : new Promise(() => {});
  });
  const beganAt = performance.now();
  const { result } = await runMonitored([hanging, monitor('fine', () => ({ number: 1 }))], { seconds: 2 });
  const tookMs = performance.now() - beganAt;
  expect(result.exitCode).toBe(0);
  expect(result.durationMs).toBe(2000);
  expect(tookMs).toBeLessThan(2000 + 1000 + 700);
  const [told] = result.monitors!.filter(({ name }) => name === 'hanging');
  expect(told).toMatchObject({ failures: 2, failure: 'it did not answer within 900 ms' });
  expect(signals.slice(1).every(({ aborted }) => aborted)).toBe(true);
  expect(metricOf(result, 'fine', 'number').count).toBe(2);
});

it('a monitor recovers by itself, and only the seconds that it could not tell are missing', async () => {
  let calls = 0;
  const shaky = monitor(
    'shaky',
    async () => {
      if (++calls === 2 || calls === 3) throw new Error('gone for a while');
      return { calls };
    },
    { units: { calls: 'per second' } },
  );
  const { result, readings } = await runMonitored([shaky], { seconds: 4 });
  expect(seriesOf(readings, 'shaky', 'calls')).toEqual([4, 5]);
  expect(result.monitors![0]).toMatchObject({ samples: 2, failures: 2, failure: 'gone for a while' });
  expect(metricOf(result, 'shaky', 'calls')).toMatchObject({ unit: 'per second', baseline: 1, last: 5 });
});

it.each([
  ['text', 'it returned \'three\' as "waiting", which is not a number', () => ({ waiting: 'three' })],
  ['a list', 'it returned [Array], not numbers by name', () => [[1]]],
  ['nothing', 'it returned undefined, not numbers by name', () => undefined],
  ['NaN', 'it returned NaN as "waiting", which is not a number', () => ({ waiting: Number.NaN })],
])('a function that returns %s is told what it did', async (_, message, wrong) => {
  const { result } = await runMonitored([monitor('odd', wrong as never)], { seconds: 1 });
  expect(result.monitors![0]!.failure).toContain(message.replace('[Array]', ''.concat('[ [Array] ]')));
});
