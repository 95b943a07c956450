import { File } from 'node:buffer';
import { LoadwrightError } from '../../../errors.js';
import type { MultipartValue, QueryValue, RequestBody, RequestOptions } from './http-types.js';
import { StreamedBody } from './streamed-body.js';

/** A body as it is sent. */
export interface EncodedBody {
  content: Buffer | StreamedBody | null;
  contentType: string | undefined;
}

const NO_BODY: EncodedBody = { content: null, contentType: undefined };

/** True if a body can only be encoded asynchronously. */
export function needsAsyncEncoding(options: RequestOptions | undefined): boolean {
  if (options === undefined) return false;
  const { multipart, body } = options;
  return multipart !== undefined || (typeof body === 'object' && (body instanceof FormData || body instanceof Blob));
}

/** Encodes bodies that can only be read asynchronously: multipart forms and blobs (RFC 7578, by Node's own Fetch). */
export async function encodeAsync(options: RequestOptions): Promise<EncodedBody> {
  checkOnlyOne(options);
  const { multipart, body } = options;
  const source = multipart === undefined ? (body as FormData | Blob) : toFormData(multipart);
  const encoded = new globalThis.Response(source);
  const content = Buffer.from(await encoded.arrayBuffer());
  return { content, contentType: encoded.headers.get('content-type') ?? undefined };
}

/** Encodes all other bodies. */
export function encodeBody(options: RequestOptions): EncodedBody {
  const { json, form, body } = options;
  const hasBody = body !== undefined && body !== null && body !== 'discard';
  if (json === undefined && form === undefined && !hasBody) return NO_BODY;
  checkOnlyOne(options);
  if (json !== undefined) return encodeJson(json);
  if (form !== undefined) return encodeForm(form instanceof URLSearchParams ? form : toSearchParams(form));
  return encodeRaw(body as RequestBody);
}

export function toSearchParams(values: Readonly<Record<string, QueryValue | readonly QueryValue[]>>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) params.append(key, String(item));
    }
  }
  return params;
}

function checkOnlyOne({ json, form, multipart, body }: RequestOptions): void {
  const hasBody = body !== undefined && body !== null && body !== 'discard';
  const count = Number(json !== undefined) + Number(form !== undefined) + Number(multipart !== undefined);
  if (count + Number(hasBody) < 2) return;
  throw invalid('A request takes one of "json", "form", "multipart" and "body", but got several.');
}

function encodeJson(json: unknown): EncodedBody {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (error) {
    throw invalid(`"json" cannot be written as JSON: ${(error as Error).message}`, error);
  }
  if (text === undefined) throw invalid(`"json" must be a value that JSON can hold, but got a ${typeof json}.`);
  return { content: Buffer.from(text), contentType: 'application/json' };
}

function encodeForm(params: URLSearchParams): EncodedBody {
  return { content: Buffer.from(params.toString()), contentType: 'application/x-www-form-urlencoded;charset=UTF-8' };
}

function encodeRaw(body: RequestBody): EncodedBody {
  if (typeof body === 'string') return { content: Buffer.from(body), contentType: 'text/plain;charset=UTF-8' };
  if (body instanceof URLSearchParams) return encodeForm(body);
  if (body instanceof ArrayBuffer) return { content: Buffer.from(body), contentType: undefined };
  if (ArrayBuffer.isView(body)) {
    return { content: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType: undefined };
  }
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    return { content: new StreamedBody(body), contentType: undefined };
  }
  throw invalid(`"body" must be text, bytes, a form, a blob or a stream, but got ${describeType(body)}.`);
}

function describeType(value: unknown): string {
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'an object (for JSON, use "json")'
      : typeof value;
}

function toFormData(parts: NonNullable<RequestOptions['multipart']>): FormData {
  if (parts instanceof FormData) return parts;
  const form = new FormData();
  for (const [key, value] of Object.entries(parts)) {
    for (const item of Array.isArray(value) ? value : [value]) append(form, key, item as MultipartValue);
  }
  return form;
}

function append(form: FormData, key: string, value: MultipartValue): void {
  if (value instanceof Blob) {
    form.append(key, value);
  } else if (typeof value === 'object') {
    const type = value.type ?? 'application/octet-stream';
    form.append(key, new File([value.content], value.filename ?? key, { type }) as unknown as Blob);
  } else {
    form.append(key, String(value));
  }
}

function invalid(message: string, cause?: unknown): LoadwrightError {
  return new LoadwrightError('ERR_REQUEST_INVALID', { message, cause });
}
