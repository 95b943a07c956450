import type { Socket } from 'node:net';

/**
 * Counts the open sockets of a worker, where files are so short that connections could take the last one: without any
 * left, the run could not load, write or report anything, and would break instead of failing requests.
 */
export class SocketCount {
  readonly #most: number;
  #open = 0;
  readonly #onClose = () => {
    this.#open--;
  };

  constructor(most: number) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#open >= this.#most;
  }

  add(socket: Socket): void {
    this.#open++;
    socket.once('close', this.#onClose);
  }
}

/** What the system would say a few files later. */
export class NoFileLeft extends Error {
  readonly code = 'EMFILE';
}
