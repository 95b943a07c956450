import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../../../metrics/clock.js';
import type { DnsSettings } from '../../http-settings.js';

interface Entry {
  addresses: string[];
  expiresAtMs: number;
  turn: number;
}

/** The system's own way to look up a name. */
export type Lookup = (
  hostname: string,
  options: { all: true; verbatim: true },
  listener: (error: Error | null, found: { address: string }[]) => void,
) => void;

type Listener = (error: Error | null, addresses: readonly string[]) => void;

/**
 * Addresses of host names, looked up once per `ttl` and worker: Node's own look-up runs on four threads that all
 * workers share, and a thousand users who connect at once would queue there.
 */
export class DnsCache {
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, Listener[]>();
  readonly #settings: DnsSettings;
  readonly #clock: Clock;
  readonly #lookup: Lookup;

  constructor(settings: DnsSettings, clock: Clock, lookUp: Lookup = lookup) {
    this.#settings = settings;
    this.#clock = clock;
    this.#lookup = lookUp;
  }

  /** Gives the addresses in the order in which they are to be tried: the selected one first. */
  resolve(hostname: string, listener: Listener): void {
    if (isIP(hostname) !== 0) {
      listener(null, [hostname]);
      return;
    }
    const entry = this.#entries.get(hostname);
    if (entry !== undefined && entry.expiresAtMs > this.#clock.now()) {
      listener(null, this.#select(entry));
      return;
    }
    const waiting = this.#waiting.get(hostname);
    if (waiting !== undefined) {
      waiting.push(listener);
      return;
    }
    this.#waiting.set(hostname, [listener]);
    this.#lookup(hostname, { all: true, verbatim: true }, (error, found) => this.#onFound(hostname, error, found));
  }

  /** An address that answered is tried before its siblings from now on, unless they take turns. */
  prefer(hostname: string, address: string): void {
    const entry = this.#entries.get(hostname);
    if (entry === undefined || this.#settings.select !== 'first' || entry.addresses[0] === address) return;
    entry.addresses = [address, ...entry.addresses.filter((other) => other !== address)];
  }

  #onFound(hostname: string, error: Error | null, found: { address: string }[]): void {
    const listeners = this.#waiting.get(hostname) ?? [];
    this.#waiting.delete(hostname);
    if (error !== null) {
      for (const listener of listeners) listener(error, []);
      return;
    }
    const addresses = [...new Set(found.map(({ address }) => address))];
    // Names that are looked up again still take turns.
    const turn = this.#entries.get(hostname)?.turn ?? 0;
    const entry = { addresses, expiresAtMs: this.#clock.now() + this.#settings.ttlMs, turn };
    this.#entries.set(hostname, entry);
    for (const listener of listeners) listener(null, this.#select(entry));
  }

  #select(entry: Entry): readonly string[] {
    const { addresses } = entry;
    if (addresses.length === 1 || this.#settings.select === 'first') return addresses;
    const at =
      this.#settings.select === 'random'
        ? Math.floor(Math.random() * addresses.length)
        : entry.turn++ % addresses.length;
    return [...addresses.slice(at), ...addresses.slice(0, at)];
  }
}
