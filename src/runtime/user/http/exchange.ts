import { now } from '../../../metrics/clock.js';
import type { MeasureSource } from '../../../metrics/measures.js';
import { type CallScope, markHandled, type PendingCall } from '../call-scope.js';
import { RequiredRequestFailed, USER_STOPPED, withoutStack } from '../user-signals.js';
import type { Connection, ConnectionUser } from './connection.js';
import { setsCookies } from './cookies.js';
import { type Sender, sendAtEndOfTurn } from './end-of-turn.js';
import { ExchangeProgress } from './exchange-progress.js';
import { describeDeadline, describeFailure, isIdempotent, isOnlyAnnounced, mayBeIdleClose } from './failure-reason.js';
import { findRedirect, planRedirect } from './follow-redirect.js';
import type { HttpResponse } from './http-types.js';
import type { InFlightRequest } from './in-flight.js';
import { judgeResponse } from './judge-response.js';
import type { PreparedRequest } from './prepare-request.js';
import { type GivenHeaders, HeaderList, LazyHeaders } from './raw-headers.js';
import type { Response } from './response.js';
import type { Session } from './session.js';
import { arrivedAtMs } from './shared-read.js';
import { StreamedBody } from './streamed-body.js';

/**
 * One request from the call to its record: it is undici's handler, the owner of the promise and the stopwatch, in one
 * object, since a request's cost is mostly what it allocates.
 */
export class Exchange extends ExchangeProgress implements ConnectionUser, InFlightRequest, PendingCall, Sender {
  slot = -1;
  startedAtMs = 0;
  deadlineMs = Number.POSITIVE_INFINITY;
  readonly #request: PreparedRequest;
  readonly #session: Session;
  readonly #scope: CallScope;
  readonly #stream: StreamedBody | undefined;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: unknown) => void;
  #promise!: Promise<HttpResponse>;
  #isSettled = false;
  #connection: Connection | undefined;
  /** False while undici may still call: then giving up must take the connection away from it. */
  #isReturned = true;
  #wasReused = false;
  #lagMs = 0;
  /** Whose it is, if not simply the session's user's. */
  source: MeasureSource;

  constructor(request: PreparedRequest, session: Session, scope: CallScope) {
    super();
    this.#request = request;
    this.#session = session;
    this.#scope = scope;
    this.source = session.source;
    this.#stream = request.body instanceof StreamedBody ? request.body : undefined;
  }

  get origin(): URL {
    return this.#request.origin;
  }

  start(): Promise<HttpResponse> {
    const { engine } = this.#session;
    this.startedAtMs = now();
    this.phaseAtMs = this.startedAtMs;
    this.#lagMs = this.#session.takeLag();
    this.deadlineMs = this.startedAtMs + this.#request.timeoutMs;
    engine.recorder.begun(this.#request.method, this.#request.name);
    engine.inFlight.add(this);
    this.#scope.enter(this);
    this.#promise = new Promise<HttpResponse>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#session.acquire(this, this.startedAtMs);
    return this.#promise;
  }

  /** Goes over a connection that is free, at the latest when this turn of the event loop ends. `atMs` is now. */
  sendOn(connection: Connection, atMs: number): void {
    this.#connection = connection;
    if (connection.waitsByItself) this.sendNow(atMs);
    else sendAtEndOfTurn(this, atMs - connection.answeredAtMs);
  }

  sendNow(atMs = now()): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#isReturned = false;
    this.#wasReused = connection.served > 0;
    this.endPhase(atMs, 'dispatched');
    const { body } = this.#request;
    if (body !== null && body instanceof Buffer) this.bytesSent += body.length;
    try {
      connection.dispatch(this.#request, this);
    } catch (error) {
      this.onError(error as Error);
    }
  }

  onConnecting(): void {
    if (this.phase === 'ended') return;
    this.phase = 'connecting';
    this.#wasReused = false;
    this.#limitPhase(this.#session.engine.settings.connectTimeoutMs);
  }

  onConnect(abort: () => void): void {
    if (this.phase === 'ended') {
      abort();
      return;
    }
    const { headersTimeoutMs } = this.#session.engine.settings;
    if (this.phase === 'connecting') {
      const { tlsMs } = this.#connection!;
      this.endPhase(now(), 'waiting');
      this.timings.connectingMs -= tlsMs;
      this.timings.tlsMs += tlsMs;
      this.deadlineMs = this.startedAtMs + this.#request.timeoutMs;
    }
    this.phase = 'waiting';
    if (headersTimeoutMs > 0) this.#limitPhase(headersTimeoutMs);
  }

  onHeaders(status: number, headers: GivenHeaders): boolean {
    if (status < 200 || this.phase === 'ended') return true;
    this.endPhase(arrivedAtMs(), 'receiving');
    this.deadlineMs = this.startedAtMs + this.#request.timeoutMs;
    this.status = status;
    this.rawHeaders = headers instanceof LazyHeaders ? headers : new HeaderList(headers);
    return true;
  }

  onData(bytes: Buffer, from = 0): boolean {
    this.bytesReceived += bytes.length - from;
    if (this.phase === 'ended' || this.#request.discardsBody) return true;
    const { maxBodyBytes } = this.#session.engine.settings;
    if (this.keepChunk(bytes, from) > maxBodyBytes)
      this.#finish(now(), `the answer is larger than ${maxBodyBytes} bytes`);
    return true;
  }

  onComplete(): void {
    if (this.phase === 'ended') return;
    this.#isReturned = true;
    if (this.#connection!.isBroken) this.#finish(now(), 'the server reset the connection in the middle of the answer');
    else this.#complete();
  }

  onError(error: Error): void {
    if (this.phase === 'ended') return;
    // After some failures to connect, a wrong name in a certificate for one, undici never connects again.
    this.#isReturned = this.phase !== 'connecting';
    if (this.phase === 'receiving' && isOnlyAnnounced(error, this.status)) this.#complete();
    else if (this.#mayReconnect(error)) this.#reconnect();
    else this.#finish(now(), this.#describe(error));
  }

  /** The run stopped: the user is told so, the request is still waited for, unless it has not left yet. */
  reject(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#scope.noteResume();
    void markHandled(this.#promise);
    this.#reject(error);
    if (this.phase === 'blocked') this.interrupt();
  }

  interrupt(): void {
    if (this.phase === 'ended') return;
    this.#end();
    this.#session.engine.recorder.interrupted(this.#request.recordedMethod, this.#request.name);
    this.reject(USER_STOPPED);
  }

  onDeadline(): void {
    if (this.phase === 'ended') return;
    const { timeoutMs } = this.#request;
    const isOver = this.deadlineMs >= this.startedAtMs + timeoutMs;
    const limits = { ...this.#session.engine.settings, timeoutMs };
    this.#finish(now(), describeDeadline(isOver ? 'all' : this.phase, limits));
  }

  #limitPhase(limitMs: number): void {
    this.deadlineMs = Math.min(this.startedAtMs + this.#request.timeoutMs, now() + limitMs);
    this.#session.engine.inFlight.watch(this);
  }

  #complete(): void {
    const at = arrivedAtMs();
    const { origin, path, followsRedirects } = this.#request;
    this.#connection!.served++;
    this.#connection!.answeredAtMs = at;
    if (setsCookies(this.rawHeaders)) this.#session.cookies.store(this.rawHeaders, origin.origin + path);
    if (followsRedirects && this.status >= 300 && this.status < 400 && this.#redirect(at)) return;
    this.#finish(at, undefined);
  }

  /** Follows a redirect if the answer is one. True if this exchange goes on or has ended with that. */
  #redirect(atMs: number): boolean {
    const location = findRedirect(this.status, this.rawHeaders);
    if (location === undefined) return false;
    const { maxRedirects } = this.#session.engine.settings;
    const failure =
      this.hops >= maxRedirects
        ? `more than ${maxRedirects} redirects`
        : planRedirect(this.#request, { status: this.status, location }, this.#session);
    if (failure !== undefined) {
      this.#finish(atMs, failure);
      return true;
    }
    this.hops++;
    this.endPhase(atMs, 'blocked');
    this.forgetAnswer();
    this.#release();
    // undici is still in the middle of the last answer.
    process.nextTick(() => {
      if (this.phase !== 'ended') this.#session.acquire(this, now());
    });
    return true;
  }

  /** What never left can be sent again in any case; what may have arrived only if that changes nothing. */
  #mayReconnect(error: Error): boolean {
    if (!this.#wasReused || this.hasResponseStarted || !mayBeIdleClose(error)) return false;
    if (this.phase === 'dispatched') return true;
    return isIdempotent(this.#request.method) && !(this.#request.body instanceof StreamedBody);
  }

  #reconnect(): void {
    this.reconnects++;
    this.phase = 'blocked';
    sendAtEndOfTurn(this);
  }

  #describe(error: Error): string {
    const { host, hostname, protocol } = this.#request.origin;
    const isTls = protocol === 'https:';
    return describeFailure(error, { peer: host, hostname, isTls, stage: this.stage, isReused: this.#wasReused });
  }

  /** Lets go of everything outside; what still comes from the connection is not listened to. */
  #end(): void {
    const phase = this.phase;
    this.phase = 'ended';
    this.#session.engine.inFlight.remove(this);
    this.#scope.leave(this);
    if (phase === 'blocked') this.#session.withdraw(this);
    else if (!this.#isReturned) this.#connection?.replace();
    this.#stream?.close();
    this.#release();
  }

  #release(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#session.release(connection);
  }

  #finish(atMs: number, failure: string | undefined): void {
    this.endPhase(atMs, this.phase);
    this.timings.serviceMs = atMs - this.startedAtMs;
    this.#end();
    this.joinBody();
    const broken = failure === undefined ? this.decodeBody(this.#session.engine.settings.maxBodyBytes) : undefined;
    const response = this.createResponse(this.#request);
    let error = broken ?? failure;
    let mistake: unknown;
    if (error === undefined) {
      try {
        error = judgeResponse(response, this.#request.expect);
      } catch (thrown) {
        mistake = thrown;
        error = (thrown as Error).message;
      }
    }
    response.error = error;
    response.ok = error === undefined;
    this.#record(atMs, error);
    this.#settle(response, mistake);
  }

  #record(finishedAtMs: number, error: string | undefined): void {
    const { sample } = this.#session.engine;
    sample.finishedAtMs = finishedAtMs;
    this.fill(sample, this.#request);
    sample.error = error;
    if (this.#stream !== undefined) sample.bytesSent += this.#stream.bytes;
    sample.responseMs = sample.serviceMs + this.#lagMs;
    sample.source = this.source;
    this.#session.record(sample);
  }

  #settle(response: Response, mistake: unknown): void {
    this.#session.engine.trace(this.#request, response);
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#scope.noteResume();
    if (mistake !== undefined) this.#reject(mistake);
    else if (response.ok || !this.#request.isRequired) this.#resolve(response);
    else this.#reject(withoutStack(() => new RequiredRequestFailed(`${this.#request.name}: ${response.error}`)));
  }
}
