import { describe, expect, it } from 'vitest';
import { findRegressions, nameProcessor } from '../../bench/budget.mjs';

const BUDGETS = { slow: { bare: 0.7, scripted: 1.1 }, others: { bare: 0.6, scripted: 1.2, post: 1 } };

describe('the budget of the benchmarks', () => {
  it('is that of the same kind of processor, and a tenth', () => {
    expect(findRegressions({ bare: 0.769, scripted: 1.209 }, BUDGETS, 'slow')).toEqual([]);
    expect(findRegressions({ bare: 0.771, scripted: 1.209 }, BUDGETS, 'slow')).toEqual([
      { key: 'bare', ratio: 0.771, budget: 0.7 },
    ]);
  });

  it('is that of others where this kind of processor has none', () => {
    expect(findRegressions({ bare: 0.65, scripted: 1.31 }, BUDGETS, 'new')).toEqual([]);
    const worse = findRegressions({ bare: 0.67, scripted: 1.33, post: 1.2 }, BUDGETS, 'new');
    expect(worse.map(({ key }) => key)).toEqual(['bare', 'scripted', 'post']);
    expect(findRegressions({ post: 1.11 }, BUDGETS, 'slow')).toEqual([{ key: 'post', ratio: 1.11, budget: 1 }]);
  });

  it('says nothing of what was never measured', () => {
    expect(findRegressions({ other: 9 }, BUDGETS, 'slow')).toEqual([]);
    expect(findRegressions({ bare: 9 }, {}, 'slow')).toEqual([]);
  });
});

describe('the name of a processor', () => {
  it('tells generations of one model apart', () => {
    const text = 'vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n';
    expect(nameProcessor(text, 'AMD EPYC')).toBe('AMD EPYC (family 25, model 17)');
    expect(nameProcessor('processor : 0\n', 'Neoverse')).toBe('Neoverse');
  });
});
