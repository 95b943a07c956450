import { LoadwrightError } from '../../errors.js';
import type { MeasureSource } from '../../metrics/measures.js';
import type { CallScope, PendingCall } from './call-scope.js';
import { type EncodedBody, encodeAsync, needsAsyncEncoding } from './http/encode-body.js';
import { Exchange } from './http/exchange.js';
import type { HttpClient, HttpResponse, RequestDefaults, RequestOptions, RequestTarget } from './http/http-types.js';
import { prepareRequest, requireMethod } from './http/prepare-request.js';
import type { Session } from './http/session.js';
import { isInsideMeasure } from './measure-guard.js';

/** The `http` of a context: a user's session, bound to the scope whose stop ends its calls. */
export class ScopedHttp implements HttpClient {
  readonly #session: Session;
  readonly #scope: CallScope;
  readonly #source: MeasureSource;

  constructor(session: Session, scope: CallScope, source: MeasureSource = session.source) {
    this.#session = session;
    this.#scope = scope;
    this.#source = source;
  }

  get(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('GET', target, options);
  }

  head(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('HEAD', target, options);
  }

  options(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('OPTIONS', target, options);
  }

  delete(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('DELETE', target, options);
  }

  post(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('POST', target, options);
  }

  put(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('PUT', target, options);
  }

  patch(target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    return this.#send('PATCH', target, options);
  }

  request(method: string, target: RequestTarget, options?: RequestOptions): Promise<HttpResponse> {
    const name = String(method).toUpperCase();
    try {
      if (!this.#scope.isStopped) requireMethod(name);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#send(name, target, options);
  }

  setDefaults(defaults: RequestDefaults): void {
    this.#session.defaults = { ...defaults };
  }

  #send(method: string, target: RequestTarget, options: RequestOptions | undefined): Promise<HttpResponse> {
    if (this.#scope.isStopped) return this.#scope.refuse();
    try {
      if (isInsideMeasure()) throw insideMeasure();
      if (needsAsyncEncoding(options)) return this.#sendEncoded(method, target, options!);
      return this.#start({ method, target, options });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #start(input: Parameters<typeof prepareRequest>[1]): Promise<HttpResponse> {
    const exchange = new Exchange(prepareRequest(this.#session, input), this.#session, this.#scope);
    exchange.source = this.#source;
    return exchange.start();
  }

  /** Encoding takes a moment, in which the stop must reach the call as it reaches a request. */
  #sendEncoded(method: string, target: RequestTarget, options: RequestOptions): Promise<HttpResponse> {
    const scope = this.#scope;
    return new Promise<HttpResponse>((resolve, reject) => {
      const call: PendingCall = {
        reject: (error) => {
          scope.noteResume();
          reject(error);
        },
      };
      const send = (body: EncodedBody) => {
        if (scope.isStopped) return;
        scope.leave(call);
        resolve(this.#start({ method, target, options, body }));
      };
      scope.enter(call);
      void encodeAsync(options)
        .then(send)
        .catch((error: unknown) => {
          scope.leave(call);
          reject(error);
        });
    });
  }
}

function insideMeasure(): LoadwrightError {
  return new LoadwrightError('ERR_HTTP_INSIDE_MEASURE', {
    message: '`http` was used inside `measure`, so its time would be counted twice.',
    hint: 'Use group(name, fn) to time a stretch of several requests.',
  });
}
