import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Columns } from '../../../src/reporters/history/columns.js';

function createColumns(most: number) {
  return new Columns<{ sum: number; isClosed: boolean }>({
    create: () => ({ sum: 0, isClosed: false }),
    merge: (into, next) => {
      into.sum += next.sum;
    },
    close: (content) => {
      content.isClosed = true;
    },
    isFull: (columns) => columns > most,
  });
}

test('each second has its column, also one that nothing happened in', () => {
  const columns = createColumns(10);
  columns.at(0).sum = 3;
  columns.at(3).sum = 5;
  expect(columns.read(4).map(({ second, seconds, content }) => [second, seconds, content.sum])).toEqual([
    [0, 1, 3],
    [1, 1, 0],
    [2, 1, 0],
    [3, 1, 5],
  ]);
});

test('nothing gets lost when columns are merged, and all but the last are equally wide', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 400 }), (counts) => {
      const columns = createColumns(16);
      for (const [second, count] of counts.entries()) columns.at(second).sum += count;
      columns.settle();
      const read = columns.read(counts.length);
      expect(read.length).toBeLessThanOrEqual(17);
      const width = read[0]!.seconds;
      for (const [index, { second, seconds, content }] of read.entries()) {
        expect(second).toBe(index * width);
        if (index < read.length - 1) expect(seconds).toBe(width);
        const counted = counts.slice(second, second + seconds).reduce((sum, count) => sum + count, 0);
        expect(content.sum).toBe(counted);
      }
      expect(read.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(counts.length);
    }),
  );
});

test('what comes late reaches the column its second is in by then', () => {
  const columns = createColumns(8);
  for (let second = 0; second < 40; second++) {
    columns.at(second).sum += 1;
    if (second >= 2) columns.at(second - 2).sum += 100;
  }
  columns.settle();
  for (const { second, seconds, content } of columns.read(40)) {
    const late = Math.max(0, Math.min(second + seconds, 38) - second);
    expect([second, content.sum]).toEqual([second, seconds + late * 100]);
  }
});
