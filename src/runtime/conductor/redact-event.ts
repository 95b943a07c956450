import { redactPairs, redactSecrets } from '../../redact-secrets.js';
import type { RunEvent, RunResult } from '../protocol.js';

/** Texts that come every second, such as request names, are looked through once. */
const MAX_KNOWN = 5_000;
/** Whoever fills memory with long texts is looked through each time. */
const LONGEST_KNOWN = 500;

/**
 * Takes secrets out of everything a run tells: what is stored, sent or shown later is made of nothing else. What has none
 * stays the same object.
 */
export class EventRedactor {
  readonly #known = new Map<string, string>();

  redact<Told extends RunEvent | RunResult>(told: Told): Told {
    return this.#redactValue(told, '') as Told;
  }

  #redactValue(value: unknown, key: string): unknown {
    if (typeof value === 'string') return this.#redactText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return typeof value[0] === 'number' ? value : this.#redactArray(value);
    if (key === 'env' && isPairs(value)) return this.#redactObject(value, redactPairs(value));
    return this.#redactObject(value as Record<string, unknown>);
  }

  #redactArray(list: unknown[]): unknown[] {
    let changed: unknown[] | undefined;
    for (const [index, item] of list.entries()) {
      const redacted = this.#redactValue(item, '');
      if (redacted === item) continue;
      changed ??= [...list];
      changed[index] = redacted;
    }
    return changed ?? list;
  }

  #redactObject(object: Record<string, unknown>, known?: Record<string, string>): Record<string, unknown> {
    let changed: Record<string, unknown> | undefined;
    for (const [key, value] of Object.entries(object)) {
      const redacted = known === undefined ? this.#redactValue(value, key) : known[key];
      if (redacted === value) continue;
      changed ??= { ...object };
      changed[key] = redacted;
    }
    return changed ?? object;
  }

  #redactText(text: string): string {
    if (text.length > LONGEST_KNOWN) return redactSecrets(text);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const redacted = redactSecrets(text);
    if (this.#known.size < MAX_KNOWN) this.#known.set(text, redacted);
    return redacted;
  }
}

function isPairs(value: object): value is Record<string, string> {
  return Object.values(value).every((one) => typeof one === 'string');
}
