import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

type Decoder = (body: Uint8Array, limit: { maxOutputLength: number }) => Buffer;

/** The compression method in a zlib header (RFC 1950, 2.2). */
const DEFLATE_METHOD = 8;

const DECODERS: Record<string, Decoder> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: (body, limit) => brotliDecompressSync(body, limit),
};

/**
 * Undoes `content-encoding`; several are undone from the last to the first. What is not known is left as it is.
 *
 * @throws Error with a reason for people if the body is not what its encoding says, or grows beyond `maxBytes`
 */
export function decodeBody(body: Buffer, encoding: string, maxBytes: number): Buffer {
  let decoded = body;
  for (const name of encoding.toLowerCase().split(',').reverse()) {
    const decoder = DECODERS[name.trim()];
    if (decoder === undefined || decoded.length === 0) continue;
    try {
      decoded = decoder(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === 'ERR_BUFFER_TOO_LARGE') throw new Error(`the answer is larger than ${maxBytes} bytes unpacked`);
      throw new Error(`malformed answer: the body is not valid ${name.trim()} (${message})`);
    }
  }
  return decoded;
}

/** `deflate` should mean zlib (RFC 9110, 8.4.1.2), but some servers send it without the wrapper. */
function inflateEither(body: Uint8Array, limit: { maxOutputLength: number }): Buffer {
  const isZlib = (body[0]! & 0x0f) === DEFLATE_METHOD && ((body[0]! << 8) | (body[1] ?? 0)) % 31 === 0;
  return isZlib ? inflateSync(body, limit) : inflateRawSync(body, limit);
}
