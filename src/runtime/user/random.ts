/**
 * A stream of pseudo-random numbers: sfc32 (Chris Doty-Humphrey's "small fast counting" generator, 128 bits of state),
 * seeded by hashing the words given. The same words give the same stream on every machine.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(words: readonly number[]) {
    let hash = 0x9e3779b9;
    for (const word of words) {
      hash = mix(hash ^ mix(word >>> 0));
      hash = mix(hash + Math.floor(word / 0x1_0000_0000));
    }
    this.#a = mix(hash + 1);
    this.#b = mix(hash + 2);
    this.#c = mix(hash + 3);
    for (let round = 0; round < 12; round++) this.next();
  }

  /** The next number in [0, 1), with 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 0x1_0000_0000;
  }
}

/** The finalizer of MurmurHash3: every bit of the input changes about half the bits of the result. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Numbers for a user's own code: call it for [0, 1), or ask for whole numbers and members of a list. */
export interface Random {
  (): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One member of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
}

export function createRandom(stream: RandomStream): Random {
  const random = (() => stream.next()) as (() => number) & Partial<Random>;
  random.integer = (min, max) => {
    if (!(Number.isInteger(min) && Number.isInteger(max) && min <= max)) {
      throw new RangeError(`random.integer(min, max) needs whole numbers with min <= max, but got (${min}, ${max}).`);
    }
    return min + Math.floor(stream.next() * (max - min + 1));
  };
  random.pick = (list) => {
    if (list.length === 0) throw new RangeError('random.pick(list) was given an empty list.');
    return list[Math.floor(stream.next() * list.length)]!;
  };
  return random as Random;
}
