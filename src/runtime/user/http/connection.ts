import type { GivenHeaders } from './raw-headers.js';
import type { StreamedBody } from './streamed-body.js';

/** What a connection tells the request it serves. The calls are those of undici's older handlers, see decision 0006. */
export interface ConnectionUser {
  /** A socket is being opened for it. */
  onConnecting(): void;
  /** There is a socket, and the request is about to be written. */
  onConnect(abort: () => void): void;
  /** The first byte of an answer has come. */
  onResponseStarted(): void;
  onHeaders(status: number, headers: GivenHeaders): boolean;
  /** `bytes` are the receiver's to keep; what is there from `from` on is of the body. */
  onData(bytes: Buffer, from?: number): boolean;
  onComplete(): void;
  onError(error: Error): void;
}

export interface OutgoingRequest {
  method: string;
  path: string;
  /** Names in lower case and values, in turn. */
  headers: string[];
  body: Buffer | StreamedBody | null;
  /** The receiver keeps nothing of the answer's body: `onData` may be given what is overwritten afterwards. */
  readonly discardsBody: boolean;
  /** True closes the connection afterwards. False keeps it also where undici by itself would not, as after HEAD. */
  reset: boolean;
}

/** One connection to one origin, serving one request at a time; it reconnects by itself when it was closed. */
export interface Connection {
  readonly origin: URL;
  /** How long the handshake of the present socket took. */
  readonly tlsMs: number;
  /** Answers received on the present socket. */
  served: number;
  /** When the last of them had arrived; 0 before there was one. */
  answeredAtMs: number;
  /** True if the socket ended with an error: an answer without a length that ended so is not complete. */
  readonly isBroken: boolean;
  /** True if what is dispatched goes out at the end of this turn of the event loop, or later, by itself. */
  readonly waitsByItself: boolean;
  dispatch(request: OutgoingRequest, user: ConnectionUser): void;
  /** Forgets who was served last: an idle connection must not keep an answer alive. */
  detach(): void;
  /** Gives up a connection that is still being made, or throws away one in an unknown state. */
  replace(): void;
  close(): void;
}
