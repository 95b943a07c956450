import type { ConnectionUser } from './connection.js';
import type { SharedReadSocket } from './shared-read.js';

/** An answer of which a part was read already. */
export interface AdoptedAnswer {
  /** What a parser has to read to come to where the answer is, and what has arrived since. */
  bytes: Buffer;
  /** The head was told. */
  hasHead: boolean;
  /** Bytes of the body that are in `bytes` only to bring the parser there. */
  skip: number;
}

/**
 * Lets a client go on with an answer that has begun: what it writes first is a request that was sent before, and goes
 * nowhere; then it finds the bytes of the answer. Gives the handler to dispatch with, which keeps from `user` what it was
 * told already.
 */
export function adoptAnswer(socket: SharedReadSocket, user: ConnectionUser, answer: AdoptedAnswer): ConnectionUser {
  const { write } = socket;
  socket.write = () => true;
  let { skip } = answer;
  const adopted: ConnectionUser & { onRequestSent(): void } = {
    onConnecting: () => user.onConnecting(),
    onConnect: () => {},
    onRequestSent: () => {
      socket.write = write;
      socket.pushChunk(answer.bytes);
      process.nextTick(() => socket.emit('readable'));
    },
    onResponseStarted: () => user.onResponseStarted(),
    onHeaders: (status, headers) => (answer.hasHead ? true : user.onHeaders(status, headers)),
    onData: (chunk) => {
      const from = Math.min(skip, chunk.length);
      skip -= from;
      return from === chunk.length ? true : user.onData(chunk, from);
    },
    onComplete: () => user.onComplete(),
    onError: (error) => user.onError(error),
  };
  return adopted;
}
