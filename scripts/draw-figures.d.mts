/** Planning functions of `src/`, from which figures are drawn. */
export interface FigureSource {
  readLoads(given: never): unknown;
  findShapes(given: never, profile: undefined): unknown;
  planLoadModel(description: never, defaults: never): unknown;
  planShape(load: never, first: never): unknown;
  shapeLoad(load: never, second: number, point: never): unknown;
  usersAt(load: never, atMs: number): number;
  rateAt(load: never, atMs: number): number;
  StartTimes: new (line: never, endMs: number) => { count: number; at(k: number): number | undefined };
}

/** Every figure of a page as SVG, by the name of its file. */
export function drawFigures(page: string, source: FigureSource): Record<string, string>;
