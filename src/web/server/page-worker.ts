import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../metrics/clock.js';
import { RunTotals } from '../../metrics/run-totals.js';
import { WorkPace } from '../../reporters/work-pace.js';
import type { RunEvent } from '../../runtime/protocol.js';
import { formatPageData } from '../format-page-data.js';
import { PageModel } from '../page-model.js';
import { carryOutTask } from './carry-out-task.js';
import type { FromPage, PageTask, ToPage } from './page-messages.js';
import { UpdateText } from './update-text.js';

/**
 * Updates of many names take no more than one part in so many of this thread's time; nothing gets lost by it. On a busy
 * machine they seem to take longer than they do: then there is one every third second.
 */
const LEAST_IDLE_FACTOR = 20;
const MOST_REST_MS = 2_900;
/** The same of what takes long, which is not told but asked for. */
const SHAPES_IDLE_FACTOR = 40;
const LEAST_REST_MS = 2_000;

/** Keeps the page of the run that goes on, in a thread of its own: however large it gets, the run is not disturbed. */
class LivePage {
  readonly #port: MessagePort;
  #model: PageModel | undefined;
  #totals = new RunTotals();
  #updates = new UpdateText(0);
  #pace = createPace();
  #shapes: { text: Uint8Array; untilMs: number } | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  hear({ run, event, isWatched }: Extract<ToPage, { type: 'event' }>): void {
    if (event.type === 'run-started') {
      this.#model = new PageModel();
      this.#totals = new RunTotals();
      this.#updates = new UpdateText(run);
      this.#pace = createPace();
      this.#shapes = undefined;
    }
    if (this.#model === undefined) return;
    count(this.#totals, event);
    this.#model.onEvent(event, this.#totals);
    if (!isWatched) this.#updates.forget();
    else if (event.type === 'run-finished') this.#update(this.#model);
    else if (event.type === 'interval-closed') this.#pace.run(() => this.#update(this.#model!));
  }

  read({ part, request }: Extract<ToPage, { type: 'read' }>): void {
    const text = part === 'page' ? this.#readPage() : this.#readShapes();
    this.#post({ type: 'page', request, ...(text === undefined ? {} : { text }) });
  }

  #readPage(): Uint8Array | undefined {
    const page = this.#model?.read();
    return page === undefined ? undefined : encode(formatPageData(page));
  }

  /** Made once for all readers, and not again before it has rested; what is posted is a copy. */
  #readShapes(): Uint8Array | undefined {
    const now = systemClock.now();
    if (this.#shapes === undefined || now >= this.#shapes.untilMs) {
      const shapes = this.#model?.readShapes();
      if (shapes === undefined) return undefined;
      const text = encode(JSON.stringify(shapes));
      const tookMs = systemClock.now() - now;
      this.#shapes = { text, untilMs: now + Math.max(LEAST_REST_MS, tookMs * SHAPES_IDLE_FACTOR) };
    }
    return this.#shapes.text.slice();
  }

  #update(model: PageModel): void {
    const text = this.#updates.read(model);
    if (text !== undefined) this.#post({ type: 'update', text: encode(text) });
  }

  #post(message: FromPage): void {
    this.#port.postMessage(message, message.text === undefined ? [] : [message.text.buffer as ArrayBuffer]);
  }
}

function createPace(): WorkPace {
  return new WorkPace({ idleFactor: LEAST_IDLE_FACTOR, leastMs: 0, mostMs: MOST_REST_MS, clock: systemClock });
}

function count(totals: RunTotals, event: RunEvent): void {
  if (event.type === 'interval-closed' || event.type === 'interval-amended') totals.add(event.interval, event.part);
  if (event.type === 'statistics-reset') totals.reset(event.firstInterval);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const port = parentPort!;
const task = workerData as PageTask | null | undefined;
if (task?.type === undefined) {
  const page = new LivePage(port);
  port.on('message', (message: ToPage) => {
    if (message.type === 'event') page.hear(message);
    else page.read(message);
  });
} else {
  const answer = await carryOutTask(task);
  port.postMessage(answer, answer.type === 'done' ? [answer.text.buffer as ArrayBuffer] : []);
}
