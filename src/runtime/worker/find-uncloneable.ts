/** Where in a value the first thing stands that cannot be copied to another thread. */
export interface Uncloneable {
  /** As code would reach it: `catalogue.products[3].save`. */
  path: string;
  /** `a function`, `an instance of Pool`. */
  what: string;
}

/** Finds what structured cloning refuses; `undefined` if it takes the whole value. */
export function findUncloneable(value: unknown, path: string): Uncloneable | undefined {
  return search(value, path, new Set());
}

function search(value: unknown, path: string, seen: Set<unknown>): Uncloneable | undefined {
  if (seen.has(value) || isCloneable(value)) return undefined;
  seen.add(value);
  for (const [step, child] of listChildren(value)) {
    const found = search(child, path + step, seen);
    if (found !== undefined) return found;
  }
  return { path, what: describe(value) };
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function listChildren(value: unknown): [step: string, child: unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Map) return [...value].map(([key, child]) => [`.get(${JSON.stringify(key)})`, child]);
  if (value instanceof Set) return [...value].map((child) => ['', child]);
  const isArray = Array.isArray(value);
  try {
    return Object.entries(value).map(([key, child]) => [isArray ? `[${key}]` : formatKey(key), child]);
  } catch {
    return [];
  }
}

function formatKey(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== 'Object' ? `an instance of ${name}` : 'an object that refuses it';
}
