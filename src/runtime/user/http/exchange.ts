import { now } from '../../../metrics/clock.js';
import type { CallScope, PendingCall } from '../call-scope.js';
import { RequiredRequestFailed, USER_STOPPED, withoutStack } from '../user-signals.js';
import type { Connection, ConnectionUser } from './connection.js';
import { decodeBody } from './decode-body.js';
import { describeFailure, mayBeIdleClose } from './failure-reason.js';
import { planRedirect } from './follow-redirect.js';
import type { HttpResponse } from './http-types.js';
import type { InFlightRequest } from './in-flight.js';
import { judgeResponse } from './judge-response.js';
import type { PreparedRequest } from './prepare-request.js';
import { findHeader, hasNameOfLength, type RawHeaders } from './raw-headers.js';
import { Response } from './response.js';
import type { Session } from './session.js';

const NO_HEADERS: RawHeaders = [];
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** Queued for a connection; given to one; that one connecting; request sent; headers seen; over. */
type Phase = 'blocked' | 'dispatched' | 'connecting' | 'waiting' | 'receiving' | 'ended';

/**
 * One request from the call to its record: it is undici's handler, the owner of the promise and the stopwatch, in one
 * object, since a request's cost is mostly what it allocates.
 */
export class Exchange implements ConnectionUser, InFlightRequest, PendingCall {
  slot = -1;
  startedAtMs = 0;
  deadlineMs = Number.POSITIVE_INFINITY;
  readonly #request: PreparedRequest;
  readonly #session: Session;
  readonly #scope: CallScope;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: unknown) => void;
  #isSettled = false;
  #phase: Phase = 'blocked';
  #connection: Connection | undefined;
  #abort: (() => void) | undefined;
  #hopAtMs = 0;
  #phaseAtMs = 0;
  #blockedMs = 0;
  #connectingMs = 0;
  #tlsMs = 0;
  #waitingMs = 0;
  #receivingMs = 0;
  #status = 0;
  #rawHeaders: RawHeaders = NO_HEADERS;
  #firstChunk: Buffer | undefined;
  #moreChunks: Buffer[] | undefined;
  #bodyBytes = 0;
  #bytesReceived = 0;
  #hasResponseStarted = false;
  #wasReused = false;
  #hops = 0;
  #reconnects = 0;

  constructor(request: PreparedRequest, session: Session, scope: CallScope) {
    this.#request = request;
    this.#session = session;
    this.#scope = scope;
  }

  get origin(): URL {
    return this.#request.origin;
  }

  start(): Promise<HttpResponse> {
    const { engine } = this.#session;
    this.startedAtMs = now();
    this.#hopAtMs = this.startedAtMs;
    this.deadlineMs = this.startedAtMs + this.#request.timeoutMs;
    engine.recorder.begun(this.#request.method, this.#request.name);
    engine.inFlight.add(this);
    this.#scope.enter(this);
    const promise = new Promise<HttpResponse>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#session.acquire(this);
    return promise;
  }

  /** Hands the request to a connection that is free. */
  sendOn(connection: Connection): void {
    if (this.#phase === 'ended') return;
    const { method, path, headers, body } = this.#request;
    this.#connection = connection;
    this.#phase = 'dispatched';
    this.#wasReused = connection.served > 0;
    this.#phaseAtMs = now();
    this.#blockedMs += this.#phaseAtMs - this.#hopAtMs;
    const isLast = this.#session.engine.settings.connectionReuse === 'none';
    connection.dispatch({ method, path, headers, body, isLast }, this);
  }

  onConnecting(): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'connecting';
    this.#wasReused = false;
    this.#limitPhase(this.#session.engine.settings.connectTimeoutMs);
  }

  onConnect(abort: () => void): void {
    this.#abort = abort;
    if (this.#phase === 'ended') {
      abort();
      return;
    }
    const connection = this.#connection!;
    if (this.#phase === 'connecting') {
      this.#connectingMs += connection.connectingMs;
      this.#tlsMs += connection.tlsMs;
      this.#phaseAtMs = now();
    }
    this.#phase = 'waiting';
    const { headersTimeoutMs } = this.#session.engine.settings;
    this.deadlineMs = this.startedAtMs + this.#request.timeoutMs;
    if (headersTimeoutMs > 0) this.#limitPhase(headersTimeoutMs);
  }

  onResponseStarted(): void {
    this.#hasResponseStarted = true;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200 || this.#phase === 'ended') return true;
    const at = now();
    this.#waitingMs += at - this.#phaseAtMs;
    this.#phaseAtMs = at;
    this.#phase = 'receiving';
    this.deadlineMs = this.startedAtMs + this.#request.timeoutMs;
    this.#status = status;
    this.#rawHeaders = headers;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytesReceived += chunk.length;
    if (this.#phase === 'ended' || this.#request.discardsBody) return true;
    this.#bodyBytes += chunk.length;
    const { maxBodyBytes } = this.#session.engine.settings;
    if (this.#bodyBytes > maxBodyBytes) {
      this.#giveUp(`the answer is larger than ${maxBodyBytes} bytes`);
      return true;
    }
    if (this.#firstChunk === undefined) this.#firstChunk = chunk;
    else if (this.#moreChunks === undefined) this.#moreChunks = [this.#firstChunk, chunk];
    else this.#moreChunks.push(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#phase === 'ended') return;
    const at = now();
    this.#receivingMs += at - this.#phaseAtMs;
    const connection = this.#connection!;
    connection.served++;
    if (!this.#session.cookies.isEmpty || hasNameOfLength(this.#rawHeaders, 10)) {
      this.#session.cookies.store(this.#rawHeaders, () => this.#url());
    }
    if (this.#status >= 300 && this.#status < 400 && this.#request.followsRedirects && this.#redirect(at)) return;
    this.#finish(at, undefined);
  }

  onError(error: Error): void {
    if (this.#phase === 'ended') return;
    if (this.#mayReconnect(error)) {
      this.#reconnects++;
      this.#phase = 'blocked';
      process.nextTick(() => this.sendOn(this.#connection!));
      return;
    }
    this.#fail(this.#describe(error));
  }

  /** The run stopped: the user is told so, the request is still waited for, unless it has not left yet. */
  reject(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#scope.noteResume();
    this.#reject(error);
    if (this.#phase === 'blocked') this.interrupt();
  }

  interrupt(): void {
    if (this.#phase === 'ended') return;
    this.#end();
    this.#session.engine.recorder.interrupted(this.#request.method, this.#request.name);
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#reject(USER_STOPPED);
  }

  onDeadline(): void {
    const { connectTimeoutMs, headersTimeoutMs } = this.#session.engine.settings;
    const isWhole = this.deadlineMs >= this.startedAtMs + this.#request.timeoutMs;
    if (isWhole) this.#giveUp(`not finished within ${formatLimit(this.#request.timeoutMs)}`);
    else if (this.#phase === 'connecting') this.#giveUp(`no connection within ${formatLimit(connectTimeoutMs)}`);
    else this.#giveUp(`no answer within ${formatLimit(headersTimeoutMs)}`);
  }

  #limitPhase(limitMs: number): void {
    this.deadlineMs = Math.min(this.startedAtMs + this.#request.timeoutMs, now() + limitMs);
    this.#session.engine.inFlight.watch(this);
  }

  /** Follows a redirect if the answer is one. True if this exchange goes on or has ended with that. */
  #redirect(atMs: number): boolean {
    const location = findHeader(this.#rawHeaders, 'location');
    if (location === undefined) return false;
    const { maxRedirects } = this.#session.engine.settings;
    const failure =
      this.#hops >= maxRedirects
        ? `more than ${maxRedirects} redirects`
        : planRedirect(this.#request, this.#status, location, this.#session);
    if (failure !== undefined) {
      this.#finish(atMs, failure);
      return true;
    }
    this.#release();
    this.#hops++;
    this.#phase = 'blocked';
    this.#hopAtMs = atMs;
    this.#status = 0;
    this.#rawHeaders = NO_HEADERS;
    this.#firstChunk = undefined;
    this.#moreChunks = undefined;
    this.#bodyBytes = 0;
    this.#hasResponseStarted = false;
    // undici is still in the middle of the last answer.
    process.nextTick(() => this.#session.acquire(this));
    return true;
  }

  #mayReconnect(error: Error): boolean {
    return (
      this.#wasReused &&
      this.#reconnects === 0 &&
      !this.#hasResponseStarted &&
      IDEMPOTENT.has(this.#request.method) &&
      (this.#request.body === null || typeof this.#request.body === 'string' || Buffer.isBuffer(this.#request.body)) &&
      mayBeIdleClose(error)
    );
  }

  #describe(error: Error): string {
    const { host, hostname } = this.#request.origin;
    const hasResponseStarted = this.#hasResponseStarted;
    return describeFailure(error, { peer: host, hostname, hasResponseStarted, isReused: this.#wasReused });
  }

  /** Fails a request that is still going on. */
  #giveUp(reason: string): void {
    this.#fail(reason);
  }

  #fail(reason: string): void {
    if (this.#phase === 'receiving') this.#receivingMs += now() - this.#phaseAtMs;
    this.#finish(now(), reason);
  }

  /** Lets go of everything outside; what still comes from the connection is not listened to. */
  #end(): void {
    const phase = this.#phase;
    this.#phase = 'ended';
    this.#session.engine.inFlight.remove(this);
    this.#scope.leave(this);
    if (phase === 'blocked') this.#session.withdraw(this);
    else if (phase === 'connecting' || phase === 'dispatched') this.#connection?.replace();
    else this.#abort?.();
    this.#release();
  }

  #release(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#session.release(this, connection);
  }

  #finish(atMs: number, failure: string | undefined): void {
    const request = this.#request;
    if (failure === undefined) this.#abort = undefined;
    const serviceMs = atMs - this.startedAtMs;
    this.#end();
    const { body, problem } = this.#readBody(failure);
    const response = this.#createResponse(body, serviceMs);
    let mistake: unknown;
    let error = failure ?? problem;
    if (error === undefined) {
      try {
        error = judgeResponse(response, request.expect);
      } catch (thrown) {
        mistake = thrown;
        error = (thrown as Error).message;
      }
    }
    response.error = error;
    response.ok = error === undefined;
    this.#record(atMs, serviceMs, error);
    this.#settle(response, mistake);
  }

  #readBody(failure: string | undefined): { body: Uint8Array | undefined; problem?: string } {
    const body = this.#moreChunks === undefined ? this.#firstChunk : Buffer.concat(this.#moreChunks, this.#bodyBytes);
    if (failure !== undefined || body === undefined || !hasNameOfLength(this.#rawHeaders, 16)) return { body };
    const encoding = findHeader(this.#rawHeaders, 'content-encoding');
    if (encoding === undefined) return { body };
    try {
      return { body: decodeBody(body, encoding, this.#session.engine.settings.maxBodyBytes) };
    } catch (error) {
      return { body, problem: (error as Error).message };
    }
  }

  #createResponse(body: Uint8Array | undefined, serviceMs: number): Response {
    return new Response({
      status: this.#status,
      rawHeaders: this.#rawHeaders,
      body,
      url: () => this.#url(),
      timings: {
        blockedMs: this.#blockedMs,
        connectingMs: this.#connectingMs,
        tlsMs: this.#tlsMs,
        waitingMs: this.#waitingMs,
        receivingMs: this.#receivingMs,
        serviceMs,
      },
    });
  }

  #record(finishedAtMs: number, serviceMs: number, error: string | undefined): void {
    const { recorder, sample } = this.#session.engine;
    sample.method = this.#request.recordedMethod;
    sample.name = this.#request.name;
    sample.finishedAtMs = finishedAtMs;
    sample.serviceMs = serviceMs;
    sample.status = this.#status;
    sample.error = error;
    sample.bytesReceived = this.#bytesReceived;
    sample.bytesSent = this.#request.bodyBytes;
    sample.reconnects = this.#reconnects;
    sample.hops = this.#hops;
    recorder.finished(sample);
  }

  #settle(response: Response, mistake: unknown): void {
    const { onTrace } = this.#session.engine;
    if (onTrace !== undefined) {
      const { method, headers, body } = this.#request;
      onTrace({ method, url: response.url, requestHeaders: headers, requestBody: body, response });
    }
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#scope.noteResume();
    if (mistake !== undefined) this.#reject(mistake);
    else if (response.ok || !this.#request.isRequired) this.#resolve(response);
    else this.#reject(withoutStack(() => new RequiredRequestFailed(`${this.#request.name}: ${response.error}`)));
  }

  #url(): string {
    return this.#request.origin.origin + this.#request.path;
  }
}

function formatLimit(limitMs: number): string {
  return limitMs < 1000 ? `${limitMs} ms` : `${limitMs / 1000} s`;
}
