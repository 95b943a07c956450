// Figures inside sentences that rules make: short, with a unit.

export function showMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

export function showPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
