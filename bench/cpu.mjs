// What a process and its threads cost, by the system's own account.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MS_PER_TICK = 10;
const POLL_MS = 100;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** User and system time of all threads, in ms. */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** The most memory it has held, in MB of 10^6 bytes. */
function peakMemory(pid) {
  return (Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}

function start(words) {
  const child = spawn('taskset', ['-c', '1', ...words], { stdio: 'ignore' });
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  return { child, exited };
}

/**
 * A generator on core 1 for a while, from its `warmupMs` on. `served` tells how many requests the target has answered.
 *
 * @returns CPU microseconds a request, and requests a second
 */
export async function measureWindow(words, { served, warmupMs, measureMs }) {
  const { child, exited } = start(words);
  const read = async () => ({ cpu: cpuMs(child.pid), served: await served(), at: performance.now() });
  await sleep(warmupMs);
  const before = await read();
  await sleep(measureMs);
  const after = await read();
  child.kill('SIGKILL');
  await exited;
  const requests = after.served - before.served;
  return {
    microseconds: ((after.cpu - before.cpu) * 1000) / requests,
    perSecond: (requests * 1000) / (after.at - before.at),
  };
}

/** A program from its start to its end: CPU in ms, most memory in MB, how long it took. */
export async function measureWhole(words) {
  const startedAtMs = performance.now();
  const { child, exited } = start(words);
  let last = { cpu: 0, memory: 0 };
  const timer = setInterval(() => {
    try {
      last = { cpu: cpuMs(child.pid), memory: peakMemory(child.pid) };
    } catch {
      // It has just ended.
    }
  }, POLL_MS);
  const exitCode = await exited;
  clearInterval(timer);
  return { ...last, exitCode, elapsedMs: performance.now() - startedAtMs };
}
