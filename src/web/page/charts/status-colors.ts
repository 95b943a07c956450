/** Several codes of one hundred take further shades of its colour. */
const SHADES = 3;

/** A colour for each status: by its hundred, so that it is the same one in every report. */
export function statusColors(statuses: readonly string[]): Map<string, string> {
  const used = new Map<string, number>();
  return new Map(
    [...statuses]
      .sort((a, b) => Number(a) - Number(b))
      .map((status): [string, string] => {
        const family = status === '0' ? '0' : status.charAt(0);
        const shade = used.get(family) ?? 0;
        used.set(family, shade + 1);
        return [status, `--status-${family}-${shade % SHADES}`];
      }),
  );
}
