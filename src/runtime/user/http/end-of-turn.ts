/** Something that has a request to send, unless it has ended while it waited. */
export interface Sender {
  sendNow(): void;
}

/**
 * So many make a batch. A turn of thousands of connections reads so much that the first of their requests and all that
 * belongs to them are out of the processor's caches again at its end.
 */
const BATCH = 64;

/** From an answer to the next request of a user who goes on at once, with time to look at the answer. */
const AT_ONCE_MS = 1;

class Batch {
  #waiting: Sender[] = [];
  #sending: Sender[] = [];

  /** How many wait now. They go out at the end of the turn, if not before. */
  add(sender: Sender): number {
    const count = this.#waiting.push(sender);
    if (count === 1) setImmediate(this.send);
    return count;
  }

  /** Who comes while they are sent waits for the next turn. */
  readonly send = (): void => {
    const list = this.#waiting;
    this.#waiting = this.#sending;
    this.#sending = list;
    let at = 0;
    try {
      while (at < list.length) list[at++]!.sendNow();
    } finally {
      const left = list.slice(at);
      list.length = 0;
      // One that throws keeps nobody else from sending.
      for (const sender of left) this.add(sender);
    }
  };
}

const behindAnswers = new Batch();
const others = new Batch();

/**
 * Calls `sender.sendNow()` when everything that this turn of the event loop has read is dealt with: requests of many users
 * go out one right behind the other. A target that answers while the next are written need not be woken for each of
 * them, and waking another process is the dearest part of a small request (decision 0022). What has arrived is read
 * first, too: a request does not go to a connection that the other side is known to have closed.
 *
 * `idleMs` is how long ago the last answer came over the sender's connection. Where that was in this turn, nothing else of
 * that connection can be read in it: such requests go out as soon as there are enough of them.
 */
export function sendAtEndOfTurn(sender: Sender, idleMs = Number.POSITIVE_INFINITY): void {
  if (idleMs >= AT_ONCE_MS) others.add(sender);
  else if (behindAnswers.add(sender) === BATCH) queueMicrotask(behindAnswers.send);
}
