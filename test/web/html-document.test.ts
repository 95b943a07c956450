import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatHtmlDocument } from '../../src/web/html-document.js';

const PARTS = { title: 'A run', script: 'run()', style: 'b{}', data: '{}' };
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

test('nothing may be loaded, and only the page’s own script and style run', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(formatHtmlDocument(PARTS))![1]!;
  const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]));
  expect(rules.get('default-src')).toBe("'none'");
  expect(rules.get('script-src')).toBe(hashOf(PARTS.script));
  expect(rules.get('style-src')).toBe(hashOf(PARTS.style));
  expect(rules.get('base-uri')).toBe("'none'");
  expect(rules.get('form-action')).toBe("'none'");
});

test('what stands in the data ends no script, and is the same when it is read', () => {
  const value = { name: '</script><script>alert(1)</script><!-- <b> & "\u2028\u202e', korean: '재고' };
  const text = formatHtmlDocument({ ...PARTS, data: JSON.stringify(value) });
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)![1]!;
  expect(JSON.parse(data)).toEqual(value);
  expect(text.match(/<script/g)).toHaveLength(2);
});

test('a title is text', () => {
  const text = formatHtmlDocument({ ...PARTS, title: '</title><script>alert(1)</script> & 재고' });
  expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; 재고</title>');
});
