import { basename, resolve } from 'node:path';
import { LoadwrightError } from '../errors.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { describeScenario } from '../runtime/conductor/describe-scenario.js';
import type { SessionRun } from '../web/server/run-session.js';
import { type RunningPage, startPage } from '../web/server/start-page.js';
import type { Runtime } from './load-runtime.js';
import { makeReport } from './make-report.js';
import { printError } from './print-error.js';
import { checkTags, runScenario, type ScenarioRun } from './run-scenario.js';
import { exitCodeOfSignal } from './stop-on-signals.js';

/**
 * Serves the page of a scenario until a signal ends it, or `--autoquit` does; resolves to the exit code of the last run.
 * A signal stops the run that goes on first, in order, and then the server.
 */
export async function servePage(scenario: ScenarioRun, runtime: Runtime, options: ResolvedOptions): Promise<number> {
  const { values } = options;
  const { path, kinds, layers, signal } = scenario;
  const described = await describeScenario(path);
  // Loaded before the first run, which then need not wait for it.
  await import('./choose-reporters.js');
  const threads = { current: runtime.threads };
  const page = await startPage({
    scenario: scenario.name ?? basename(path),
    described,
    layers,
    kinds,
    checkOptions: checkTags,
    server: {
      host: values.webHost,
      port: values.webPort,
      token: values.webToken,
      tls: readTls(options),
    },
    results: values.results === undefined ? undefined : resolve(values.results),
    makeReport,
    run: async (run) => {
      // Booted once, before anybody knew how many runs there would be.
      const ready = threads.current;
      threads.current = undefined;
      const own = { conductor: runtime.conductor, ...(ready === undefined ? {} : { threads: ready }) };
      return await carryOut(run, scenario, own);
    },
  });
  try {
    printAddress(page);
    if (values.autostart) await startAtOnce(page);
    return await untilEnd(page, signal, values.autoquit);
  } finally {
    await page.close();
    await (await threads.current)?.close();
  }
}

/** Certificate and key go together. */
function readTls({ values, origins }: ResolvedOptions): { cert: string; key: string } | undefined {
  const { tlsCert: cert, tlsKey: key } = values;
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === key) return undefined;
  const [one, other] = cert === undefined ? (['tlsKey', 'tlsCert'] as const) : (['tlsCert', 'tlsKey'] as const);
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message: `"${one}" (from ${origins[one].origin}) is one half of what HTTPS needs, but "${other}" is not given.`,
    hint: '--tls-cert page.cert.pem --tls-key page.key.pem',
  });
}

async function carryOut(run: SessionRun, scenario: ScenarioRun, runtime: Runtime): Promise<number> {
  const { layers, kinds, adjust, controls, reporter } = run;
  const signal = AbortSignal.any([scenario.signal, run.signal]);
  const onFolder = (path: string) => run.onFolder(basename(path));
  try {
    return await runScenario({ ...scenario, layers, kinds, signal }, runtime, { adjust, controls, reporter, onFolder });
  } catch (error) {
    await printError(error);
    throw error;
  }
}

/** What keeps it from starting is said as without a page, and ends the command. */
async function startAtOnce({ session }: RunningPage): Promise<void> {
  try {
    await session.start({});
  } catch (error) {
    throw (error as Error).cause ?? error;
  }
}

/** A run that was told to stop is waited for: what it counted is reported as always. */
async function untilEnd(
  { session }: RunningPage,
  signal: AbortSignal,
  autoquitMs: number | undefined,
): Promise<number> {
  const stopped = new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  const quit = autoquitMs === undefined ? new Promise<never>(() => {}) : session.idleAfterRun(autoquitMs);
  await Promise.race([stopped, quit]);
  const wasRunning = session.isRunning;
  await session.ended;
  return signal.aborted && wasRunning ? exitCodeOfSignal(signal) : session.exitCode;
}

function printAddress({ server }: RunningPage): void {
  const { url, token, isLoopback } = server;
  process.stdout.write(`The page is at ${url}${token === undefined ? '' : `/?token=${token}`}   Ctrl-C ends it.\n`);
  if (isLoopback || url.startsWith('https:')) return;
  process.stderr.write(
    'Others can reach it, and the token goes over the network as it is: --tls-cert and --tls-key encrypt it.\n',
  );
}
