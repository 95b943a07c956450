/** Of points `[x, y]`: the slope of the line through them, and half the width of its 95 % interval. */
export function fitSlope(points: readonly (readonly [number, number])[]): { slope: number; half: number };
/** Of points `[x, y, z]`, where y also follows z: the slope of y over x at the same z, and half the width of its 95 % interval. */
export function fitSlopeBeside(points: readonly (readonly [number, number, number])[]): { slope: number; half: number };
