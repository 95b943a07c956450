import stringWidth from 'string-width';

const ELLIPSIS = '…';
/** Longer than any emoji: letters piled up with marks, which take no width but fill lines above and below. */
const MAX_GRAPHEME_LENGTH = 24;
/**
 * One column and one UTF-16 unit for each character: ASCII, and the signs that our own lines are written with. To know of
 * any other text takes a segmenter and expressions that cost some 15 ms to set up, right when the first users start.
 */
const PLAIN = /^[ -~·×→…—–✓✗]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Columns a terminal needs for a text: two for each Korean, Chinese or Japanese character. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** The text, or as much of its beginning as fits, with `…`. */
export function truncateText(text: string, maxWidth: number): string {
  const { head, rest } = splitAt(text, maxWidth);
  if (rest === '') return head;
  return maxWidth < 1 ? '' : `${splitAt(text, maxWidth - 1).head}${ELLIPSIS}`;
}

/** Lines no wider than `maxWidth`, broken at spaces where there are some; what is over `maxLines` ends with `…`. */
export function wrapText(text: string, maxWidth: number, maxLines: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < maxLines - 1) {
    const split = splitAt(rest, maxWidth);
    if (split.rest === '' || split.head === '') break;
    const space = split.rest.startsWith(' ') ? split.head.length : split.head.lastIndexOf(' ');
    const end = space > split.head.length / 2 ? space : split.head.length;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, truncateText(rest, maxWidth)];
}

/** As many whole characters as fit into `maxWidth`, and what is left; reads no further than it has to. */
function splitAt(text: string, maxWidth: number): { head: string; rest: string } {
  if (PLAIN.test(text)) return cutAt(text, Math.max(0, maxWidth));
  let head = '';
  let width = 0;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment, index } of segmenter.segment(text)) {
    const shown = segment.length > MAX_GRAPHEME_LENGTH ? '\ufffd' : segment;
    width += widthOf(shown);
    if (width > maxWidth) return { head, rest: text.slice(index) };
    head += shown;
  }
  return { head, rest: '' };
}

function cutAt(text: string, at: number): { head: string; rest: string } {
  return { head: text.slice(0, at), rest: text.slice(at) };
}
