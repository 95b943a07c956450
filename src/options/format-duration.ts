const UNITS = [
  { unit: 'h', sizeMs: 3_600_000 },
  { unit: 'm', sizeMs: 60_000 },
  { unit: 's', sizeMs: 1_000 },
] as const;

/** Milliseconds as a span that `parseDuration` reads back to the same number: `1h20m`, `400ms`, `0s`. */
export function formatDuration(durationMs: number): string {
  let restMs = durationMs;
  let text = '';
  for (const { unit, sizeMs } of UNITS) {
    const count = Math.floor(restMs / sizeMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * sizeMs;
  }
  const rest = Math.round(restMs * 1_000) / 1_000;
  if (rest > 0) text += `${rest}ms`;
  return text === '' ? '0s' : text;
}
