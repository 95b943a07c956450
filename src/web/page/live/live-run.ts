import type { PageData } from '../../page-data.js';
import { applyShapes, type PageShapes } from '../../page-shapes.js';
import { applyUpdate, type PageUpdate } from '../../page-update.js';
import type { RunStatus } from '../../server/http-interface.js';
import { getJson } from './ask-server.js';

/** The run as this page knows it. */
export interface LiveState {
  status: RunStatus | undefined;
  /** Undefined before anything has run. */
  page: PageData | undefined;
  /** Events come in. */
  isConnected: boolean;
}

/** What no update says, such as the heatmap, is no older than this while a run goes on. */
const REFRESH_MS = 10_000;
const RECONNECT_MS = 1_500;
/** The server answers at once; what has not opened by now never will. */
const OPENING_MS = 5_000;

/** Follows the run by the server's events, comes back by itself, and catches up with what it missed. */
export class LiveRun {
  #state: LiveState = { status: undefined, page: undefined, isConnected: false };
  readonly #listeners = new Set<(state: LiveState) => void>();
  #events: EventSource | undefined;
  /** Gives up a connection that never opens. */
  #opening: ReturnType<typeof setTimeout> | undefined;
  /** Which run the page is of. */
  #run = 0;
  #readAtMs = 0;
  #reading: Promise<void> | undefined;
  /** What came while the whole page was being read. */
  #early: PageUpdate[] = [];

  get state(): LiveState {
    return this.#state;
  }

  /** Tells the present state at once: a browser that is busy renders first, and only listens when more has come. */
  listen(listener: (state: LiveState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    const events = new EventSource('/api/page/events');
    this.#events = events;
    this.#awaitOpening(events);
    const hear = (name: string, listener: (data: never) => void) =>
      events.addEventListener(name, (event) => listener(JSON.parse((event as MessageEvent<string>).data) as never));
    events.addEventListener('open', () => {
      clearTimeout(this.#opening);
      this.#set({ isConnected: true });
      // What came meanwhile may have been the end.
      if (this.#state.page !== undefined) void this.#read();
    });
    hear('status', (status: RunStatus) => this.#hearStatus(status));
    hear('update', (update: PageUpdate) => this.#hearUpdate(update));
    events.addEventListener('error', () => {
      this.#set({ isConnected: false });
      // Refused, and not only cut off: the browser would leave it at that.
      if (events.readyState === EventSource.CLOSED) setTimeout(() => this.#restart(events), RECONNECT_MS);
      else this.#awaitOpening(events);
    });
  }

  /** A browser waits for an answer without end, also for one that a reload or a proxy has lost. */
  #awaitOpening(events: EventSource): void {
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => {
      if (events.readyState !== EventSource.CONNECTING) return;
      events.close();
      this.#restart(events);
    }, OPENING_MS);
  }

  #restart(events: EventSource): void {
    if (this.#events === events) this.start();
  }

  #hearStatus(status: RunStatus): void {
    const before = this.#state.status;
    this.#set({ status });
    const isAnother = before === undefined || before.run !== status.run || before.startedAt !== status.startedAt;
    if (isAnother && status.startedAt !== null) void this.#read();
    if (isAnother && status.startedAt === null) this.#set({ page: undefined });
  }

  #hearUpdate(update: PageUpdate): void {
    if (this.#reading !== undefined) {
      this.#early.push(update);
      return;
    }
    const { page } = this.#state;
    const isSameRun = page !== undefined && update.run === this.#run;
    const next = isSameRun ? applyUpdate(page, update) : undefined;
    if (next !== undefined) this.#set({ page: next });
    const isOld = !document.hidden && performance.now() - this.#readAtMs > REFRESH_MS;
    if (next === undefined || update.isFinal) void this.#read();
    else if (isOld) void this.#readShapes();
  }

  /** Reads the whole page, once at a time. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
      for (const update of this.#early.splice(0)) this.#hearUpdate(update);
    });
    return this.#reading;
  }

  /** What no update says, without the rest of the page. */
  async #readShapes(): Promise<void> {
    this.#readAtMs = performance.now();
    const answered = await getJson<PageShapes>('/api/page/shapes');
    const { page } = this.#state;
    if (answered.isDone && page !== undefined) this.#set({ page: applyShapes(page, answered.value) });
  }

  async #readOnce(): Promise<void> {
    const run = this.#state.status?.run ?? 0;
    const answered = await getJson<PageData>('/api/page');
    this.#readAtMs = performance.now();
    if (!answered.isDone) return;
    const { startedAt } = this.#state.status ?? {};
    // Of the run before, which was asked for a moment too early.
    if (answered.value.run.startedAt !== startedAt) return;
    this.#run = run;
    this.#set({ page: answered.value });
  }

  #set(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }
}
