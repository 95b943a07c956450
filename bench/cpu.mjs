// What a process and its threads cost, by the system's own account.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const MS_PER_TICK = 10;
const POLL_MS = 100;
const MOST_COMPLAINTS = 8000;
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** User and system time of all threads, in ms. */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** The most memory it has held, in MB of 10^6 bytes. */
function peakMemory(pid) {
  return (Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}

/** This process from now on beside the target: whoever reads clocks on the generator's core makes it late. */
export function leaveCore1() {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '0', String(process.pid)], { stdio: 'ignore' });
}

/** A program on core 1. `exited` resolves to how it ended and the last of what it wrote to stderr. */
export function start(words) {
  const child = spawn('taskset', ['-c', '1', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-MOST_COMPLAINTS);
  });
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, complaints: complaints.trim() }));
  });
  return { child, exited };
}

/** The result a run wrote, or an error that tells why there is none. */
export function readResult(file, { exitCode, signal, complaints }) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  throw new Error(`the run ended by ${signal ?? `exit code ${exitCode}`} without a result:\n${complaints}`);
}

/**
 * A generator on core 1 for a while, from its `warmupMs` on. `served` tells how many requests the target has answered.
 *
 * @returns CPU microseconds a request, and requests a second
 */
export async function measureWindow(words, { served, warmupMs, measureMs }) {
  const { child, exited } = start(words);
  const read = async () => ({ cpu: cpuMs(child.pid), served: await served(), at: performance.now() });
  const early = exited.then(({ exitCode, complaints }) => {
    throw new Error(`${words.join(' ')} ended by itself (exit code ${exitCode}):\n${complaints}`);
  });
  const measure = async () => {
    await sleep(warmupMs);
    const before = await read();
    await sleep(measureMs);
    return { before, after: await read() };
  };
  const { before, after } = await Promise.race([measure(), early]);
  early.catch(() => {});
  child.kill('SIGKILL');
  await exited;
  const requests = after.served - before.served;
  return {
    microseconds: ((after.cpu - before.cpu) * 1000) / requests,
    perSecond: (requests * 1000) / (after.at - before.at),
  };
}

/** A program from its start to its end: CPU in ms, most memory in MB, how long it took, how it ended. */
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
  const end = await exited;
  clearInterval(timer);
  return { ...last, ...end, elapsedMs: performance.now() - startedAtMs };
}
