import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A test that ran out of time leaves its command behind, which would be in the way of the next file. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
  durationMs: number;
}

/** The real command as a child process. */
export interface CliProcess {
  child: ChildProcess;
  pid: number;
  /** Resolves when what it printed so far matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  result: Promise<CliResult>;
}

export interface CliOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** A command that starts it: `['nice', '-n', '10']`. */
  under?: readonly string[];
}

export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  return startProgram([...(options.under ?? []), process.execPath, MAIN, ...args], options);
}

/** Another program, of which the command is a part. */
export function startProgram([program, ...words]: readonly string[], options: CliOptions): CliProcess {
  const startedAt = performance.now();
  const env = { ...process.env, NO_COLOR: '1', LOADWRIGHT_RESULTS: 'false', GITHUB_ACTIONS: '', ...options.env };
  const child = spawn(program!, words, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('close', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const hear = () => {
    for (const check of waiting) check();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    hear();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    hear();
  });
  const result = once(child, 'close').then(([code]) => {
    hear();
    return { code: code as number | null, stdout, stderr, durationMs: performance.now() - startedAt };
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const check = () => {
        const found = pattern.exec(stdout + stderr);
        if (found === null) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      void result.then((end) => reject(new Error(`ended without printing ${pattern}:\n${end.stdout}\n${end.stderr}`)));
      check();
    });
  return { child, pid: child.pid!, printed, result };
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}

export async function runProgram(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startProgram(words, options).result;
}

/** A row of the final table on the console. */
export interface ConsoleRow {
  requests: number;
  failures: number;
}

/** Rows of the last statistics table printed, by name. */
export function readFinalTable(stdout: string): Map<string, ConsoleRow> {
  const rows = new Map<string, ConsoleRow>();
  const tables = stdout.split(/^Type +Name +# reqs/m);
  for (const line of (tables.at(-1) ?? '').split('\n')) {
    const found = /^(?:[A-Z]+)?\s+(\S.*?)\s+(\d+)\s+(\d+)\([\d.]+%\)/.exec(line);
    if (found !== null) rows.set(found[1]!, { requests: Number(found[2]), failures: Number(found[3]) });
    if (/^\s+Aggregated/.test(line)) break;
  }
  return rows;
}

/** Requests of setup, verify and teardown, as the final report counts them apart. */
export function readOutside(stdout: string): number {
  const found = /^apart +([\d,]+) requests? of setup, verify and teardown\b/m.exec(stdout)?.[1];
  return Number((found ?? '0').replaceAll(',', ''));
}
