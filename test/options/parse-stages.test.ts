import { describe, expect, it } from 'vitest';
import { formatStage, parseStages } from '../../src/options/parse-stages.js';

describe('parseStages', () => {
  it.each([
    ['30s:100', [{ durationMs: 30_000, target: 100 }]],
    [
      ['30s:100', '5m:100', '0s:0'],
      [
        { durationMs: 30_000, target: 100 },
        { durationMs: 300_000, target: 100 },
        { durationMs: 0, target: 0 },
      ],
    ],
    [
      ' 1h20m:5, 400ms:0 ',
      [
        { durationMs: 4_800_000, target: 5 },
        { durationMs: 400, target: 0 },
      ],
    ],
    [
      [
        { duration: '10s', target: 7 },
        { duration: 20, target: 0 },
      ],
      [
        { durationMs: 10_000, target: 7 },
        { durationMs: 20_000, target: 0 },
      ],
    ],
  ])('reads %j', (raw, value) => {
    expect(parseStages(raw)).toEqual({ isValid: true, value });
  });

  it.each([
    ['30s', '<time>:<users>', undefined],
    ['30s=100', '<time>:<users>', '30s:100'],
    ['30s:100:5', '<time>:<users>', undefined],
    ['half:100', '"half" is no span of time', undefined],
    ['1h30:100', '"1h30" is no span of time', undefined],
    ['30s:1.5', '"1.5" is no whole number of users', undefined],
    ['30s:-1', '"-1" is no whole number of users', undefined],
    ['30s:20000000', 'no whole number of users from 0 to 10000000', undefined],
    ['', 'at least one', undefined],
    [[], 'at least one', undefined],
    [[{ duration: '30s' }], '<time>:<users>', undefined],
    [[{ duration: '30s', target: Number.NaN }], '"NaN" is no whole number', undefined],
    [5, '<time>:<users>', undefined],
    ['0s:5 0s:6', 'lasts longer than 0s', undefined],
    ['30s:0', 'has users', undefined],
  ])('refuses %j', (raw, must, meant) => {
    expect(parseStages(raw)).toEqual({
      isValid: false,
      must: expect.stringContaining(must),
      ...(meant === undefined ? {} : { meant }),
    });
  });

  it('reads what formatStage writes', () => {
    const stages = [
      { durationMs: 90_500, target: 3 },
      { durationMs: 0, target: 0 },
    ];
    expect(stages.map(formatStage)).toEqual(['1m30s500ms:3', '0s:0']);
    expect(parseStages(stages.map(formatStage))).toEqual({ isValid: true, value: stages });
  });
});
