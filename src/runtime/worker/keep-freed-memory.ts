import { MessageChannel } from 'node:worker_threads';

/** Just below the largest block that glibc learns from (`DEFAULT_MMAP_THRESHOLD_MAX`, 32 MB). */
const BLOCK_BYTES = 31 * 1024 * 1024;

/**
 * Lets the process keep memory that was freed, instead of giving it back to the system and taking it again for the next
 * answers: glibc gives back what is free at the end of a heap beyond a limit, 128 KB at first, and raises that limit to
 * twice the size of the largest block of its own mapping that it has seen freed. So one block is made and freed. It is
 * never touched, so it takes no memory. What `MALLOC_TRIM_THRESHOLD_` or the like says in the environment holds all the
 * same, and other C libraries are not concerned (decision 0023).
 *
 * @see https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
export function keepFreedMemory(): void {
  try {
    // Not `new ArrayBuffer`: that is filled with zeros, and so is touched once the limit is up.
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES).buffer as ArrayBuffer;
    const { port1, port2 } = new MessageChannel();
    port2.close();
    // Nobody is there to receive it: it is freed when the port is closed, not when the garbage collector comes to it.
    port1.postMessage(block, [block]);
    port1.close();
  } catch {
    // Where there is no room for it, memory is better given back.
  }
}
