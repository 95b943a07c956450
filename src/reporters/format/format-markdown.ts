import { redactSecrets } from '../../redact-secrets.js';
import { escapeText } from './escape-text.js';
import { truncateText } from './pad-text.js';

/** What means something in Markdown or HTML, or would become a link or a mention. */
const MEANINGFUL = /[&<>|`*_~[\]\\#@:!$"'-]/g;
const MAX_WIDTH = 200;

/** A text from outside as it is, in a paragraph or a cell of a table: a reference is never read as markup. */
export function escapeMarkdown(text: string): string {
  const shown = truncateText(escapeText(redactSecrets(text)), MAX_WIDTH);
  return shown.replace(MEANINGFUL, (character) => `&#${character.charCodeAt(0)};`);
}

/** Rows of texts that are escaped already; the first column is aligned to the left, the others to the right. */
export function formatMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? ':--' : '--:'))), ...rows.map(line)];
}
