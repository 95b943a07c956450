import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A program of these lines in a Node.js of its own, killed with the test; resolves when it has printed a line. */
export async function startChild(source: string): Promise<{ child: ChildProcess; pid: number; line: string }> {
  // A cluster's own process takes itself for a worker where this is set.
  const { NODE_UNIQUE_ID: _, ...env } = process.env;
  const args = ['--input-type=module', '-e', source];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, pid: child.pid!, line: line.toString().trim() };
}
