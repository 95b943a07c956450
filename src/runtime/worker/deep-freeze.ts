/**
 * Freezes plain objects and arrays, all the way down. A Map, Set, Date or typed array cannot be frozen and stays as it
 * is; what is in a Map or Set is frozen.
 */
export function deepFreeze<T>(value: T): T {
  const seen = new Set<unknown>();
  const left: unknown[] = [value];
  const visit = (child: unknown) => {
    if (typeof child === 'object' && child !== null) left.push(child);
  };
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof Map || next instanceof Set) {
      for (const [key, child] of next.entries()) {
        visit(key);
        visit(child);
      }
    } else if (Array.isArray(next) || isPlain(next)) {
      for (const child of Object.values(next)) visit(child);
      Object.freeze(next);
    }
  }
  return value;
}

function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
