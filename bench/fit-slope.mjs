const NORMAL_95 = 1.96;

/** Least squares: the slope, and half the width of its 95 % interval with errors that depend on those before. */
export function fitSlope(points) {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const rests = points.map(([x, y]) => y - meanY - slope * (x - meanX));
  const restSquares = rests.reduce((sum, rest) => sum + rest ** 2, 0);
  const lagged = rests.slice(1).reduce((sum, rest, at) => sum + rest * rests[at], 0);
  const memory = restSquares === 0 ? 0 : Math.min(0.95, Math.max(0, lagged / restSquares));
  // An autoregression of order one has (1 + r) / (1 - r) times the variance of independent errors.
  const spread = (1 + memory) / (1 - memory);
  return { slope, half: NORMAL_95 * Math.sqrt((restSquares / (n - 2) / squares) * spread) };
}

/**
 * The slope of y over x where y also follows z: x and y are first rid of what z explains, as Frisch and Waugh (1933) do it.
 * A z that never changes explains nothing.
 */
export function fitSlopeBeside(points) {
  const zs = points.map(([, , z]) => z);
  const xs = restsOf(
    points.map(([x]) => x),
    zs,
  );
  const ys = restsOf(
    points.map(([, y]) => y),
    zs,
  );
  return fitSlope(xs.map((x, at) => [x, ys[at]]));
}

function restsOf(values, zs) {
  const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [middle, middleZ] = [mean(values), mean(zs)];
  const squares = zs.reduce((sum, z) => sum + (z - middleZ) ** 2, 0);
  const products = zs.reduce((sum, z, at) => sum + (z - middleZ) * (values[at] - middle), 0);
  const slope = squares === 0 ? 0 : products / squares;
  return values.map((value, at) => value - middle - slope * (zs[at] - middleZ));
}
