import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startCli } from '../support/spawn-cli.js';
import { startServer } from '../support/spawn-server.js';

const USERS = 5000;
const LIMIT_MB = 300;

/** Resident memory of a process and all its descendants. */
function residentMb(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + residentMb(child), own);
}

/** Established connections to a port, as the system sees them. */
function countSockets(port: string): number {
  const hexadecimal = Number(port).toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.filter((line) => line.trim().split(/\s+/)[2]?.endsWith(`:${hexadecimal}`) && / 01 /.test(line)).length;
}

test('5,000 users of the stock scenario, each with its own connection, take less than 300 MB', async () => {
  const server = await startServer('stock');
  const args = ['run', 'examples/stock/scenario.ts', '--headless', '--host', server.url, '-u', String(USERS)];
  const cli = startCli([...args, '-r', '200', '-t', '45s']);
  await cli.printed(/0:3[0-9] .*users 5,?000\/5,?000/);
  const { port } = new URL(server.url);
  const sockets = countSockets(port);
  let highestMb = residentMb(cli.pid);
  await cli.printed(/0:4[0-9] .*users 5,?000/);
  highestMb = Math.max(highestMb, residentMb(cli.pid));
  cli.child.kill('SIGINT');
  const { stdout } = await cli.result;
  await server.stop();
  expect(stdout).toMatch(/01_jwt_auth +5000 +0\(/);
  expect(sockets).toBe(USERS);
  expect(highestMb).toBeLessThan(LIMIT_MB);
});
