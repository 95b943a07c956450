import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import { startCli } from './spawn-cli.js';
import { createTemporaryFolder, writeScenario } from './temporary-folder.js';

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(0.02), tasks: { home: async ({ http }) => { await http.get('/', { expect: 200 }); } } });
export default defineTest({ users: { Visitor }, thresholds: { http_req_failed: ['rate<0.01'] } });
`;

export interface KilledRun {
  /** The recording it left. */
  path: string;
  /** Intervals in it, in the order of their lines. */
  intervals: number[];
  /** Requests completed in each. */
  completed: number[];
}

/** The real command, recording a run, killed with `kill -9` as soon as so many of its seconds are recorded. */
export async function killRun(host: string, seconds: number): Promise<KilledRun> {
  const path = join(createTemporaryFolder(), 'run.ndjson');
  const words = ['run', writeScenario(SCENARIO), '--headless', '--host', host, '-u', '5', '-r', '50', '-t', '30s'];
  const run = startCli([...words, '--record', path]);
  await readUntil(path, new RegExp(`"type":"interval-closed","interval":${seconds - 1},.*\\n`));
  run.child.kill('SIGKILL');
  await run.result;
  const events = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1).map(parseInterval);
  const closed = events.filter((event) => event.type === 'interval-closed');
  return {
    path,
    intervals: closed.map(({ interval }) => interval),
    completed: closed.map(({ part }) => part.series.reduce((sum, series) => sum + series.completed, 0)),
  };
}

function readUntil(path: string, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!pattern.test(tryRead(path))) return;
      unwatchFile(path, check);
      resolve();
    };
    watchFile(path, { interval: 20 }, check);
  });
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parseInterval(line: string) {
  return JSON.parse(line) as { type: string; interval: number; part: { series: { completed: number }[] } };
}
