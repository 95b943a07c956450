/** Of points `[x, y]`: the slope of the line through them, and half the width of its 95 % interval. */
export function fitSlope(points: readonly (readonly [number, number])[]): { slope: number; half: number };
