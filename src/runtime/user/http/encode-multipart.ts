import { File } from 'node:buffer';
import type { MultipartValue, RequestOptions } from './http-types.js';
import type { EncodedBody } from './prepare-request.js';

/** Encodes bodies that can only be read asynchronously: multipart forms and blobs (RFC 7578, by Node's own Fetch). */
export async function encodeAsync(options: RequestOptions): Promise<EncodedBody> {
  const { multipart, body } = options;
  const source = multipart === undefined ? (body as FormData | Blob) : toFormData(multipart);
  const encoded = new globalThis.Response(source);
  const content = Buffer.from(await encoded.arrayBuffer());
  return { content, contentType: encoded.headers.get('content-type') ?? undefined, bytes: content.length };
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
