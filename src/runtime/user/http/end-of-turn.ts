/** Something that has a request to send, unless it has ended while it waited. */
export interface Sender {
  sendNow(): void;
}

let waiting: Sender[] = [];
let sending: Sender[] = [];

/**
 * Calls `sender.sendNow()` when everything that this turn of the event loop has read is dealt with: requests of many users
 * go out one right behind the other. A target that answers while the next are written need not be woken for each of
 * them, and waking another process is the dearest part of a small request (decision 0022). What has arrived is read
 * first, too: a request does not go to a connection that the other side is known to have closed.
 */
export function sendAtEndOfTurn(sender: Sender): void {
  if (waiting.push(sender) === 1) setImmediate(sendAll);
}

/** Who comes while they are sent waits for the next turn. */
function sendAll(): void {
  const list = waiting;
  waiting = sending;
  sending = list;
  let at = 0;
  try {
    while (at < list.length) list[at++]!.sendNow();
  } finally {
    const left = list.slice(at);
    list.length = 0;
    // One that throws keeps nobody else from sending.
    for (const sender of left) sendAtEndOfTurn(sender);
  }
}
