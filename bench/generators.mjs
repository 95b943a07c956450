// Who is measured, by the work: the words that start each of them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const LOCUST = here('./scenarios/locustfile.py');
const LARGE = '/large';
const SMALL = '/api/products/';
const TWO = ['--workers', '2'];
const BODY = JSON.stringify({ note: 'x'.repeat(1010) });

/** Whom the others of a work are compared to, where that is not autocannon. */
const BASES = { workers: 'one worker' };
export const baseOf = (work) => BASES[work] ?? 'autocannon';

/** Most CPU a request, as a multiple of the base's at the same work, of up to and of more than a thousand connections. */
export const BARS = {
  bare: { loadwright: [0.75, undefined] },
  scripted: { loadwright: [0.9, 0.8], undici: [1.2, 1.4] },
  workers: { 'two workers': [1.15, undefined], 'two workers, both cores': [1.15, undefined] },
};

export const loadwrightWords = (scenario, { url, connections, seconds, more = [] }) => [
  process.execPath,
  here(process.env.LW_MAIN ?? '../dist/cli/main.js'),
  ...['run', here(`./scenarios/${scenario}.ts`), '--headless', '--host', url, '--workers', '1'],
  // Without: the load is the scenario's own.
  ...(connections === undefined ? [] : ['-u', connections, '-r', '2000', '-t', `${seconds}s`]),
  ...more,
];

function autocannonWords({ url, connections, seconds }, path, more = []) {
  const program = createRequire(import.meta.url).resolve('autocannon');
  return [process.execPath, program, '-c', connections, '-d', seconds, '-n', ...more, url + path];
}

const wrkWords = ({ url, connections, seconds }, path, more = []) => [
  ...['wrk', '-t', '1', '-c', connections, '-d', `${seconds}s`, ...more, url + path],
];

const heyWords = ({ url, connections, seconds }, path, more = []) => [
  ...['hey', '-z', `${seconds}s`, '-c', connections, ...more, url + path],
];

const locustWords = ({ url, connections, seconds }, user) => [
  ...['locust', '-f', LOCUST, user, '--headless', '--only-summary', '-H', url],
  ...['-u', connections, '-r', connections, '-t', `${seconds}s`],
];

/** Generators of a work by name. */
const WORKS = {
  bare: (how) => ({
    loadwright: loadwrightWords('bare', how),
    undici: loadwrightWords('bare', { ...how, more: ['--transport', 'undici'] }),
    autocannon: autocannonWords(how, SMALL),
    wrk: wrkWords(how, SMALL),
    hey: heyWords(how, SMALL),
    'locust (FastHttpUser)': locustWords(how, 'Fast'),
    'locust (HttpUser)': locustWords(how, 'Bare'),
  }),
  scripted: (how) => ({
    loadwright: loadwrightWords('scripted', how),
    undici: loadwrightWords('scripted', { ...how, more: ['--transport', 'undici'] }),
    autocannon: autocannonWords(how, SMALL),
  }),
  workers: (how) => ({
    'one worker': loadwrightWords('scripted', how),
    'two workers': loadwrightWords('scripted', { ...how, more: TWO }),
    'two workers, both cores': ['taskset', '-c', '0,1', ...loadwrightWords('scripted', { ...how, more: TWO })],
  }),
  post: (how) => ({
    loadwright: loadwrightWords('post', how),
    undici: loadwrightWords('post', { ...how, more: ['--transport', 'undici'] }),
    autocannon: autocannonWords(how, SMALL, ['-m', 'POST', '-b', BODY, '-H', 'content-type=application/json']),
    wrk: wrkWords(how, SMALL, ['-s', here('./scenarios/post.lua')]),
    hey: heyWords(how, SMALL, ['-m', 'POST', '-T', 'application/json', '-d', BODY]),
  }),
  large: (how) => ({
    loadwright: loadwrightWords('large', how),
    undici: loadwrightWords('large', { ...how, more: ['--transport', 'undici'] }),
    autocannon: autocannonWords(how, LARGE),
    wrk: wrkWords(how, LARGE),
    hey: heyWords(how, LARGE),
  }),
};

export const WORK_NAMES = Object.keys(WORKS);

/** Of these words by name those of installed programs; the others are named on the terminal. */
export function onlyInstalled(programs) {
  return Object.fromEntries(
    Object.entries(programs).filter(([name, [program]]) => {
      if (program === process.execPath || spawnSync(program, ['--version']).error === undefined) return true;
      console.log(`${name} is not installed: left out`);
      return false;
    }),
  );
}

export const generatorsOf = (work, how) => onlyInstalled(WORKS[work](how));
