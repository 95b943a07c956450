import { LoadwrightError, toErrorRecord } from '../../errors.js';
import type {
  FromScriptWorker,
  SampleRequest,
  ScriptAnswers,
  ScriptAssignment,
  ScriptCall,
  ScriptContents,
  ScriptPhase,
  ShapePoint,
} from '../script-protocol.js';
import { listMonitors, type Monitor } from '../user/define-monitors.js';
import { listSetups, readSetupTimeoutMs, type SetupDefinition, type Verify } from '../user/define-setup.js';
import { UserStopped } from '../user/user-signals.js';
import { deepFreeze } from './deep-freeze.js';
import { askShape, findShape } from './find-shape.js';
import { findUncloneable } from './find-uncloneable.js';
import { loadScenario } from './load-scenario.js';
import { LogLimit } from './log-limit.js';
import type { MonitorWork } from './monitors/monitor-work.js';
import { describeThrown, describeVerifyFailure, readVerdict, setupFailed } from './script-failure.js';
import { PhaseRunner } from './script-phase.js';

/** Everything that is asked of a result at the end; there is no option for it, so it is generous. */
const VERIFY_TIMEOUT_MS = 300_000;
const MORE_TIME = "defineSetup(run, { timeout: '5m' })";

interface Loaded {
  assignment: ScriptAssignment;
  test: object;
  setups: [name: string, setup: SetupDefinition<unknown>][];
  verify: Verify | undefined;
}

interface Done {
  name: string;
  setup: SetupDefinition<unknown>;
  data: unknown;
}

/** What belongs to no user: setups, shapes, `verify`, teardowns. Answers one call after another. */
export class ScriptWork {
  readonly #post: (message: FromScriptWorker) => void;
  readonly #runners: PhaseRunner[] = [];
  readonly #log: LogLimit;
  /** Seconds at which shapes have said that they are over, by load. */
  readonly #shapeEnds = new Map<string, number>();
  #loaded: Loaded | undefined;
  #monitors: Promise<MonitorWork> | undefined;
  /** Setups that succeeded and whose teardown has not run. */
  #done: Done[] = [];
  #data: Readonly<Record<string, unknown>> = {};
  #failLoading: ((error: Error) => void) | undefined;

  constructor(post: (message: FromScriptWorker) => void) {
    this.#post = post;
    this.#log = new LogLimit({ post: (record) => post({ type: 'log', record }), source: 'scenario' });
  }

  async answer(call: ScriptCall & { id: number }): Promise<void> {
    const { id } = call;
    try {
      this.#post({ type: 'answered', id, answer: await this.#carryOut(call) });
    } catch (error) {
      this.#post({ type: 'failed', id, error: toErrorRecord(error, 'ERR_INTERNAL') });
    }
  }

  /** Not among the calls: it goes on beside them. */
  async sampleMonitors(request: SampleRequest): Promise<void> {
    const monitors = await this.#monitors;
    if (monitors !== undefined) this.#post({ type: 'monitored', ...(await monitors.sample(request)) });
  }

  /** Ends what is running now; what is asked for later runs as ever. */
  abort(): void {
    this.#failLoading?.(new LoadwrightError('ERR_SCRIPT_LOAD', { message: 'Loading the scenario was aborted.' }));
    for (const runner of this.#runners) runner.abort();
  }

  /** Something was thrown outside every call: it fails what is running. */
  addStray(error: unknown, where: string): void {
    if (error instanceof UserStopped) return;
    if (this.#failLoading !== undefined) {
      const message = `The scenario threw an error while it was loaded (${where}).\n\n${describeThrown(error)}`;
      this.#failLoading(new LoadwrightError('ERR_SCRIPT_LOAD', { message, cause: error }));
    } else if (!this.#runners.some((runner) => runner.failRunning(error))) {
      this.#log.log('error', `${where}: ${describeThrown(error)}`);
    }
  }

  end(): void {
    for (const runner of this.#runners.splice(0)) runner.end();
    void this.#monitors?.then((monitors) => monitors.end());
    this.#log.flush();
  }

  async #carryOut(call: ScriptCall): Promise<ScriptAnswers[keyof ScriptAnswers]> {
    if (call.type === 'load') return this.#load(call);
    if (call.type === 'setup') return { data: await this.#setUp() };
    if (call.type === 'shape') return { points: this.#askShape(call) };
    if (call.type === 'verify') return { failures: await this.#verify(call.result) };
    return this.#tearDown();
  }

  async #load(assignment: ScriptAssignment): Promise<ScriptContents> {
    this.#post({ type: 'began', what: 'loading the scenario' });
    const hasFailed = new Promise<never>((_, reject) => {
      this.#failLoading = reject;
    });
    const loading = loadScenario(assignment.script);
    const test: object = await Promise.race([hasFailed, loading]).finally(() => {
      this.#failLoading = undefined;
    });
    const given = test as { setup?: unknown; verify?: unknown; monitors?: unknown };
    const setups = listSetups(given.setup);
    const verify = readVerify(given.verify);
    const monitors = listMonitors(given.monitors);
    this.#loaded = { assignment, test, setups, verify };
    if (monitors.length > 0) {
      this.#monitors = createMonitorWork(monitors, assignment.script);
      await this.#monitors;
    }
    return {
      setups: setups.map(([name, setup]) => ({ name, timeoutMs: readSetupTimeoutMs(setup) })),
      verifyTimeoutMs: verify === undefined ? undefined : VERIFY_TIMEOUT_MS,
      monitors: monitors.map(({ name, source }) => ({ name, kind: source.kind })),
    };
  }

  async #setUp(): Promise<Record<string, unknown>> {
    const { setups } = this.#read();
    await this.#inPhase('setup', async (runner) => {
      for (const [number, [name, setup]] of setups.entries()) await this.#setUpOne(runner, { name, setup, number });
    });
    return this.#data;
  }

  async #setUpOne(
    runner: PhaseRunner,
    { name, setup, number }: Omit<Done, 'data'> & { number: number },
  ): Promise<void> {
    const what = `setup "${name}"`;
    const timeoutMs = readSetupTimeoutMs(setup);
    this.#post({ type: 'began', what, timeoutMs });
    try {
      const returned = await runner.run({
        label: `setup ${name}`,
        number,
        timeoutMs,
        hint: MORE_TIME,
        call: (context) => setup.run(context),
      });
      const data = copyData(name, returned);
      this.#done.push({ name, setup, data });
      this.#data = Object.freeze(Object.fromEntries([...Object.entries(this.#data), [name, data]]));
    } catch (error) {
      throw error instanceof LoadwrightError && error.code === 'ERR_SETUP_FAILED' ? error : setupFailed(what, error);
    }
  }

  #askShape({ load, from, to }: ScriptCall & { type: 'shape' }): ShapePoint[] {
    const { test, assignment } = this.#read();
    const shape = findShape(test, { profile: assignment.profile, load });
    if (shape === undefined) {
      throw new LoadwrightError('ERR_SCENARIO_INVALID', { message: `The load "${load}" has no shape.` });
    }
    this.#post({ type: 'began', what: `the shape of the load "${load}"` });
    const hasEnded = from > (this.#shapeEnds.get(load) ?? Number.POSITIVE_INFINITY);
    const points = askShape(hasEnded ? () => null : shape, load, { from, to });
    const end = points.indexOf(null);
    if (end >= 0 && !hasEnded) this.#shapeEnds.set(load, from + end);
    return points;
  }

  async #verify(result: Parameters<Verify>[0]): Promise<string[]> {
    const { verify } = this.#read();
    if (verify === undefined) return [];
    this.#post({ type: 'began', what: 'verify', timeoutMs: VERIFY_TIMEOUT_MS });
    return this.#inPhase('verify', async (runner) => {
      try {
        const call = async (context: Parameters<Verify>[2]) => verify(result, this.#data, context);
        return readVerdict(await runner.run({ label: 'verify', number: 0, timeoutMs: VERIFY_TIMEOUT_MS, call }));
      } catch (error) {
        return [describeVerifyFailure(error)];
      }
    });
  }

  /** All of them, whatever the others do: a teardown that fails must not leave behind what another would remove. */
  async #tearDown(): Promise<undefined> {
    const done = this.#done;
    this.#done = [];
    this.#post({ type: 'began', what: 'teardown' });
    if (done.every(({ setup }) => setup.teardown === undefined)) return undefined;
    const failures: LoadwrightError[] = [];
    await this.#inPhase('teardown', async (runner) => {
      for (const [number, { name, setup, data }] of [...done.entries()].reverse()) {
        if (setup.teardown === undefined) continue;
        const timeoutMs = readSetupTimeoutMs(setup);
        this.#post({ type: 'began', what: `teardown of "${name}"`, timeoutMs });
        const step = { label: `teardown of ${name}`, number, timeoutMs, hint: MORE_TIME };
        const call = async (context: Parameters<typeof setup.run>[0]) => setup.teardown!(data as object, context);
        await runner
          .run({ ...step, call })
          .catch((error: unknown) => failures.push(setupFailed(`teardown of "${name}"`, error)));
      }
    });
    const [first] = failures;
    if (first === undefined) return undefined;
    throw new LoadwrightError('ERR_SETUP_FAILED', {
      message: failures.map(({ message }) => message).join('\n\n'),
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    });
  }

  /** Whatever comes of it, what it has requested is told. */
  async #inPhase<T>(phase: ScriptPhase, work: (runner: PhaseRunner) => Promise<T>): Promise<T> {
    const { host, settings, seed } = this.#read().assignment;
    const log = (message: string) => this.#log.log('info', message);
    const runner = new PhaseRunner({ phase, host, settings, seed, log });
    this.#runners.push(runner);
    try {
      return await work(runner);
    } finally {
      this.#post({ type: 'counted', phase, series: runner.finishCounts() });
    }
  }

  #read(): Loaded {
    if (this.#loaded !== undefined) return this.#loaded;
    throw new LoadwrightError('ERR_INTERNAL', {
      message: 'The script worker was asked before it had loaded anything.',
    });
  }
}

async function createMonitorWork(
  monitors: readonly Monitor[],
  script: ScriptAssignment['script'],
): Promise<MonitorWork> {
  const { MonitorWork } = await import('./monitors/monitor-work.js');
  return await MonitorWork.create(monitors, script.type === 'file' ? script.url : undefined);
}

function readVerify(verify: unknown): Verify | undefined {
  if (verify === undefined || typeof verify === 'function') return verify as Verify | undefined;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"verify" of defineTest must be a function, but the scenario gave ${String(verify)}.`,
    hint: 'defineTest({ users, verify: (result) => result.total.failures === 0 })',
  });
}

/** Its own copy, as every other thread gets one: what the setup does to the original later changes nothing. */
function copyData(name: string, returned: unknown): unknown {
  try {
    return deepFreeze(structuredClone(returned));
  } catch (error) {
    const found = findUncloneable(returned, name) ?? { path: name, what: String(error) };
    throw new LoadwrightError('ERR_SETUP_FAILED', {
      message: `The setup "${name}" returned what cannot be copied to other threads: ${found.path} is ${found.what}.`,
      hint:
        found.what === 'an instance of Promise'
          ? `await ${found.path}`
          : 'Return plain data: numbers, texts, lists, objects.',
      cause: error,
    });
  }
}
