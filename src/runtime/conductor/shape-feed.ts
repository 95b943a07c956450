import type { ShapePoint } from '../script-protocol.js';
import type { LivePlan } from './live-plan.js';
import type { ScriptWorker } from './script-worker.js';

/** A second is asked for this long before it begins. */
const AHEAD_MS = 800;

/** Asks the shapes of loads what they want, second by second, a little ahead, and amends the plan with the answers. */
export class ShapeFeed {
  readonly #worker: ScriptWorker;
  readonly #next: Map<string, number>;
  readonly #last: Map<string, ShapePoint>;
  #plan: LivePlan | undefined;
  #onFailed: (reason: string) => void = () => {};

  /** `first`: what each shape wanted at second 0, by load; the plan has it already. */
  constructor(worker: ScriptWorker, first: ReadonlyMap<string, ShapePoint>) {
    this.#worker = worker;
    this.#last = new Map(first);
    this.#next = new Map([...first.keys()].map((load) => [load, 1]));
  }

  start(plan: LivePlan, onFailed: (reason: string) => void): void {
    this.#plan = plan;
    this.#onFailed = onFailed;
    this.tick();
  }

  /** To be called several times a second. */
  tick(): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    for (const [name, second] of this.#next) {
      const load = plan.loads.find((known) => known.name === name);
      const ownMs = plan.clock.nowMs() - (load?.startAtMs ?? Number.POSITIVE_INFINITY);
      if (plan.clock.isPaused || ownMs < second * 1000 - AHEAD_MS) continue;
      this.#next.set(name, second + 1);
      void this.#ask(name, second, plan);
    }
  }

  async #ask(name: string, second: number, plan: LivePlan): Promise<void> {
    try {
      const [point = null] = await this.#worker.askShape(name, second, second);
      if (point === null) this.#next.delete(name);
      const isNew = JSON.stringify(point) !== JSON.stringify(this.#last.get(name));
      this.#last.set(name, point);
      if (isNew) plan.setShape(name, second, point);
    } catch (error) {
      this.#next.delete(name);
      this.#onFailed((error as Error).message.replace(/\s*\n\s*/g, ' '));
    }
  }
}
