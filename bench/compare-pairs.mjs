// How often `loadwright compare` is right about real runs: pairs of runs against the same server, and against one whose
// answers take 10 % longer, in turn. At most one pair in twenty of the same may be called different, and a slower 95th
// percentile has to be found nineteen times in twenty. Needs a machine that is quiet for ten minutes: what other programs
// do to a run is a difference too. Usage: node bench/compare-pairs.mjs [--pairs 20]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '20' } } });
const pairs = Number(values.pairs);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const MAIN = here('../dist/cli/main.js');
const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { list: async ({ http }) => { await http.get('/list', { name: '01_list' }); } } });
export default defineTest({ users: { Visitor } });
`;

async function startServer(factor) {
  const child = spawn(process.execPath, [here('../test/support/log-normal-server.mjs'), factor], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [, url] = await new Promise((resolve) => {
    child.stdout.once('data', (text) => resolve(/listening on (\S+)/.exec(String(text))));
  });
  return { url, stop: () => child.kill() };
}

const folder = mkdtempSync(join(tmpdir(), 'loadwright-pairs-'));
const scenario = join(folder, 'scenario.ts');
writeFileSync(scenario, SCENARIO);
const [target, slower] = [await startServer('1'), await startServer('1.1')];

function runAgainst({ url }, name) {
  const path = join(folder, `${name}.json`);
  const load = ['-u', '30', '-r', '30', '-t', '9s', '--headless', '--workers', '1', '--no-results', '--json', path];
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', scenario, '--host', url, ...load], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the run failed: ${stderr}`);
  return path;
}

function compare(baseline, candidate) {
  const words = [MAIN, 'compare', baseline, candidate, '--tolerance', '5', '--json', '-'];
  return JSON.parse(spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout);
}

let [different, found] = [0, 0];
try {
  for (let pair = 0; pair < pairs; pair++) {
    const baseline = runAgainst(target, 'baseline');
    const slow = compare(baseline, runAgainst(slower, 'slower'));
    const same = compare(baseline, runAgainst(target, 'again'));
    const { p95 } = slow.total.figures;
    if (!['same', 'unclear', 'not judged'].includes(same.verdict)) different++;
    if (['worse', 'regression'].includes(p95.verdict)) found++;
    console.log(
      `pair ${pair + 1}: the same is called ${same.verdict}, 10 % slower ${slow.verdict}, its p95 ${p95.verdict}`,
    );
  }
} finally {
  target.stop();
  slower.stop();
  rmSync(folder, { recursive: true });
}
const isMet = different <= pairs / 20 && found >= pairs - pairs / 20;
console.log(
  `${different} of ${pairs} of the same called different, ${found} slower ones found: ${isMet ? 'met' : 'NOT met'}`,
);
if (!isMet) process.exitCode = 1;
