/** What comes next in a body of chunks. */
type Expected = 'size' | 'size-end' | 'data' | 'data-cr' | 'data-lf' | 'end-cr' | 'end-lf' | 'nothing';

const MOST_SIZE_DIGITS = 7;
const CR = 13;
const LF = 10;

/** Bytes that bring a fresh parser to where this one is, and how many bytes of their body have been given already. */
export interface Replay {
  text: string;
  skip: number;
}

/**
 * Reads a body sent in plain chunks, without extensions and trailers (RFC 9112, 7.1). Where something else comes it stops,
 * and another parser can go on from there: `replay` says what to tell that one before the bytes that are left.
 */
export class ChunkedBody {
  #expected: Expected = 'size';
  #digits = 0;
  #size = 0;

  get isComplete(): boolean {
    return this.#expected === 'nothing';
  }

  /**
   * Reads on from `from`; `onData` is given stretches of the body. Where it stopped: at `to`, behind the end of the body,
   * or at a byte that is not plain.
   */
  read(bytes: Buffer, range: { from: number; to: number }, onData: (from: number, to: number) => void): number {
    let { from: at } = range;
    while (at < range.to && this.#expected !== 'nothing') {
      if (this.#expected === 'data') {
        const end = Math.min(range.to, at + this.#size);
        onData(at, end);
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#expected = 'data-cr';
      } else {
        if (!this.#take(bytes[at]!)) return at;
        at++;
      }
    }
    return at;
  }

  replay(): Replay {
    const size = this.#digits === 0 ? '' : this.#size.toString(16);
    switch (this.#expected) {
      case 'size':
        return { text: size, skip: 0 };
      case 'size-end':
        return { text: `${size}\r`, skip: 0 };
      case 'data':
        return { text: `${this.#size.toString(16)}\r\n`, skip: 0 };
      case 'data-cr':
        return { text: '1\r\n.', skip: 1 };
      case 'data-lf':
        return { text: '1\r\n.\r', skip: 1 };
      case 'end-cr':
        return { text: '0\r\n', skip: 0 };
      default:
        return { text: '0\r\n\r', skip: 0 };
    }
  }

  /** Takes one byte between data. False if it is not what comes in a plain body. */
  #take(byte: number): boolean {
    switch (this.#expected) {
      case 'size':
        return this.#takeSize(byte);
      case 'size-end':
        return this.#takeOnly(byte, LF, this.#size === 0 ? 'end-cr' : 'data');
      case 'data-cr':
        return this.#takeOnly(byte, CR, 'data-lf');
      case 'data-lf':
        this.#digits = 0;
        this.#size = 0;
        return this.#takeOnly(byte, LF, 'size');
      case 'end-cr':
        return this.#takeOnly(byte, CR, 'end-lf');
      default:
        return this.#takeOnly(byte, LF, 'nothing');
    }
  }

  #takeSize(byte: number): boolean {
    if (byte === CR && this.#digits > 0) {
      this.#expected = 'size-end';
      return true;
    }
    const digit = hexDigit(byte);
    if (digit < 0 || this.#digits === MOST_SIZE_DIGITS) return false;
    this.#size = this.#size * 16 + digit;
    this.#digits++;
    return true;
  }

  #takeOnly(byte: number, wanted: number, next: Expected): boolean {
    if (byte !== wanted) return false;
    this.#expected = next;
    return true;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
