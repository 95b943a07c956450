const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|KiB|MiB|GiB)?$/i;
const FACTORS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
};

/** Bytes from a number or from text such as `64MiB` or `10MB`; `undefined` if the value is no size. */
export function parseSize(value: unknown): number | undefined {
  const match = SIZE.exec(String(value).trim());
  if (match === null || (typeof value !== 'number' && typeof value !== 'string')) return undefined;
  const bytes = Number(match[1]) * (FACTORS[(match[2] ?? 'B').toLowerCase()] ?? 1);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes as text that `parseSize` reads back: `64MiB`, `1500B`. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const factor = FACTORS[unit.toLowerCase()] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}
