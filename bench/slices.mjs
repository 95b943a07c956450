// CPU a request of this checkout and of others, beside autocannon: all of them are started and stopped (SIGSTOP), then each
// goes on for half a second in turn. What the machine does to one slice it does to its neighbours, so that two checkouts
// can be told apart by a few per cent on a machine where whole rounds differ by half. What is late because its process
// was stopped costs nothing, but this says nothing of latency.
// Usage: node bench/slices.mjs [--work scripted] [--connections 64] [--slices 50] [--ms 500] [--transport undici]
//        [--against ../other-checkout]... [--flags=--v8-flag]...
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuMs, sleep, start } from './cpu.mjs';
import { generatorsOf } from './generators.mjs';
import { startNginx } from './nginx-target.mjs';
import { compareRounds, median } from './ratios.mjs';

const { values } = parseArgs({
  options: {
    work: { type: 'string', default: 'scripted' },
    connections: { type: 'string', default: '64' },
    slices: { type: 'string', default: '50' },
    ms: { type: 'string', default: '500' },
    transport: { type: 'string', default: 'auto' },
    /** Other checkouts, built. */
    against: { type: 'string', multiple: true, default: [] },
    /** Of V8: this checkout again, with each of them. */
    flags: { type: 'string', multiple: true, default: [] },
  },
});
/** Code is compiled and users are started. */
const WARM_UP_MS = 3000;
/** After a process goes on, before its slice begins. */
const WAKE_MS = 60;
/** The first of each is not counted. */
const WARM_SLICES = 3;
const HERE = fileURLToPath(new URL('..', import.meta.url));

function wordsOf(how) {
  const name = values.transport === 'undici' ? 'undici' : 'loadwright';
  const own = (folder) => {
    process.env.LW_MAIN = resolve(folder, 'dist/cli/main.js');
    return generatorsOf(values.work, how)[name];
  };
  const all = { 'this checkout': own(HERE) };
  for (const folder of values.against) all[folder] = own(folder);
  for (const flag of values.flags) all[flag] = own(HERE).toSpliced(1, 0, flag);
  return { ...all, autocannon: generatorsOf('bare', how).autocannon };
}

async function startStopped(words) {
  const { child, exited } = start(words);
  const ended = await Promise.race([exited, sleep(WARM_UP_MS + Number(values.connections))]);
  if (ended !== undefined) throw new Error(`${words.join(' ')} ended by itself:\n${ended.complaints}`);
  child.kill('SIGSTOP');
  return child;
}

async function measureSlice(child, served) {
  child.kill('SIGCONT');
  await sleep(WAKE_MS);
  const [cpuBefore, before] = [cpuMs(child.pid), await served()];
  await sleep(Number(values.ms));
  const [cpu, requests] = [cpuMs(child.pid) - cpuBefore, (await served()) - before];
  child.kill('SIGSTOP');
  return { cpu, requests };
}

const { url, served, stop } = await startNginx({ core: 0 });
const children = {};
try {
  const words = wordsOf({ url, connections: values.connections, seconds: '3600' });
  for (const [name, one] of Object.entries(words)) children[name] = await startStopped(one);
  const names = Object.keys(children);
  const slices = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < WARM_SLICES + Number(values.slices); round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round) % names.length];
      const slice = await measureSlice(children[name], served);
      if (round >= WARM_SLICES) slices[name].push(slice);
    }
  }
  const sum = (list, key) => list.reduce((total, one) => total + one[key], 0);
  const microseconds = (list) => (sum(list, 'cpu') * 1000) / sum(list, 'requests');
  const each = (name) => slices[name].map((slice) => microseconds([slice]));
  for (const name of names) {
    const { median: ratio, bound } = compareRounds(each(name), each('autocannon'));
    const all = microseconds(slices[name]) / microseconds(slices.autocannon);
    console.log(
      `${name.padEnd(28)} ${median(each(name)).toFixed(1)} us a request; by autocannon's ${all.toFixed(3)} over all, ${ratio.toFixed(3)} in the median slice (90 % bound ${bound.toFixed(3)})`,
    );
  }
} finally {
  for (const child of Object.values(children)) child.kill('SIGKILL');
  await stop();
}
