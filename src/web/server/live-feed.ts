/** Somebody who reads events as they come. */
export interface FeedReader {
  write(bytes: Buffer): void;
  /** What was written and has not left yet. */
  readonly pendingBytes: number;
  /** Cuts the connection at once. */
  drop(): void;
}

/** An event before it is sent. */
export interface FeedEvent {
  event: string;
  /** Anything that JSON can say, or what it says already. */
  data: unknown;
}

/** JSON that somebody else made. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface LiveFeedOptions {
  /** Tells the events of this process from those of another one. */
  nonce: string;
  /** What a reader has to know who begins to read, or missed more than is kept. */
  greet(): FeedEvent[];
  limits?: Partial<FeedLimits>;
}

export interface FeedLimits {
  readers: number;
  /** Of events that are kept for those who come back. */
  keptBytes: number;
  /** Of one reader. */
  pendingBytes: number;
  /** Events in a row that a reader had not taken completely when the next one came. */
  lateEvents: number;
}

const LIMITS: FeedLimits = { readers: 32, keptBytes: 4_000_000, pendingBytes: 16_000_000, lateEvents: 20 };
/** Nobody has read for so many events: they are not even made. */
const EVENTS_UNREAD = 60;
const ID = /^([\w-]{1,40})-(\d{1,15})$/;
const HEARTBEAT = Buffer.from(':\n\n');
/** A browser comes back after this. */
const RETRY = Buffer.from('retry: 1000\n\n');

interface Kept {
  number: number;
  bytes: Buffer;
}

interface Reading {
  reader: FeedReader;
  late: number;
}

/**
 * Server-sent events to many readers: each is put into bytes once, however many there are. Those who come back get what
 * they missed, as far as it is kept, by its number. Who takes nothing any more is dropped, so that nothing piles up.
 */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #limits: FeedLimits;
  readonly #readings = new Set<Reading>();
  #kept: Kept[] = [];
  #keptBytes = 0;
  #number = 0;
  #unread = EVENTS_UNREAD;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  get readers(): number {
    return this.#readings.size;
  }

  get isFull(): boolean {
    return this.#readings.size >= this.#limits.readers;
  }

  /** Somebody reads, or has read a moment ago and may come back. */
  get isRead(): boolean {
    return this.#readings.size > 0 || this.#unread < EVENTS_UNREAD;
  }

  send(event: string, read: () => unknown): void {
    this.#number++;
    if (this.#readings.size === 0) this.#unread++;
    else this.#unread = 0;
    if (!this.isRead) {
      this.#forget();
      return;
    }
    const bytes = formatEvent({ event, data: read() }, `${this.#options.nonce}-${this.#number}`);
    this.#keep({ number: this.#number, bytes });
    for (const reading of [...this.#readings]) this.#write(reading, bytes);
  }

  /** Begins to tell a reader, from behind the event with this id if that is known; to be called only if not full. */
  connect(reader: FeedReader, lastEventId: string | undefined): void {
    reader.write(RETRY);
    const missed = this.#findMissed(lastEventId);
    if (missed === undefined) {
      const id = `${this.#options.nonce}-${this.#number}`;
      for (const event of this.#options.greet()) reader.write(formatEvent(event, id));
    } else for (const { bytes } of missed) reader.write(bytes);
    this.#unread = 0;
    this.#readings.add({ reader, late: 0 });
  }

  disconnect(reader: FeedReader): void {
    for (const reading of this.#readings) if (reading.reader === reader) this.#readings.delete(reading);
  }

  /** Lets connections be seen as alive where nothing happens. */
  beat(): void {
    for (const reading of [...this.#readings]) this.#write(reading, HEARTBEAT);
  }

  close(): void {
    for (const { reader } of this.#readings) reader.drop();
    this.#readings.clear();
    this.#forget();
  }

  #write(reading: Reading, bytes: Buffer): void {
    const { reader } = reading;
    const { pendingBytes } = reader;
    reading.late = pendingBytes > 0 ? reading.late + 1 : 0;
    if (pendingBytes + bytes.length > this.#limits.pendingBytes || reading.late > this.#limits.lateEvents) {
      this.#readings.delete(reading);
      reader.drop();
      return;
    }
    reader.write(bytes);
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    this.#keptBytes += kept.bytes.length;
    let surplus = 0;
    while (this.#keptBytes > this.#limits.keptBytes) this.#keptBytes -= this.#kept[surplus++]!.bytes.length;
    if (surplus > 0) this.#kept = this.#kept.slice(surplus);
  }

  #forget(): void {
    this.#kept = [];
    this.#keptBytes = 0;
  }

  /** Undefined: it cannot be said what was missed. */
  #findMissed(lastEventId: string | undefined): readonly Kept[] | undefined {
    const [, nonce, digits] = ID.exec(lastEventId ?? '') ?? [];
    const last = Number(digits);
    if (nonce !== this.#options.nonce || last > this.#number) return undefined;
    if (last === this.#number) return [];
    const first = this.#kept.findIndex(({ number }) => number === last + 1);
    return first < 0 ? undefined : this.#kept.slice(first);
  }
}

/** JSON has no line breaks of its own, which would end the event. */
function formatEvent({ event, data }: FeedEvent, id: string): Buffer {
  const text = data instanceof JsonText ? data.text : JSON.stringify(data);
  return Buffer.from(`id: ${id}\nevent: ${event}\ndata: ${text}\n\n`);
}
