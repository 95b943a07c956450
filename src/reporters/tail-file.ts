import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** A file that is appended to, and whose end can be written again. Everything is on disk as soon as it is known. */
export class TailFile {
  readonly #descriptor: number;
  #size = 0;

  /** Opens the file empty. */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  /** Bytes so far: where what is appended next begins. */
  get size(): number {
    return this.#size;
  }

  append(text: string): void {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) {
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#size + written);
    }
    this.#size += bytes.length;
  }

  /** Takes back everything from `size` on. */
  cut(size: number): void {
    this.#size = size;
    ftruncateSync(this.#descriptor, size);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
