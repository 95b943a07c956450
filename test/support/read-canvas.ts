import type { Page } from 'playwright-core';

/** How many pixels of a chart's canvas have one of these colours of the style sheet, nearly or exactly. */
export async function countPixels(page: Page, chart: string, colors: readonly string[]): Promise<number> {
  return await page.evaluate(countInPage, { chart, colors: [...colors] });
}

/** Runs in the page: it cannot use what is outside of it. */
function countInPage({ chart, colors }: { chart: string; colors: string[] }): number {
  const { document, getComputedStyle } = globalThis as unknown as Dom;
  const canvas = document.querySelector(`${chart} canvas`);
  const style = getComputedStyle(document.documentElement);
  const wanted = colors.map((name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  });
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const isNear = ([r, g, b]: number[]) =>
      Math.abs(data[at]! - r!) + Math.abs(data[at + 1]! - g!) + Math.abs(data[at + 2]! - b!) < 24;
    if (data[at + 3]! > 200 && wanted.some(isNear)) found++;
  }
  return found;
}

interface Dom {
  document: {
    documentElement: unknown;
    querySelector(selector: string): {
      width: number;
      height: number;
      getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
    };
  };
  getComputedStyle(element: unknown): { getPropertyValue(name: string): string };
}
