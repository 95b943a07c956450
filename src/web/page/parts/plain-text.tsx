import { escapeText } from '../../../reporters/format/escape-text.js';

/**
 * Text from a scenario or a server: characters that cannot be seen, or that would turn round what follows, are written
 * out, and its direction stays its own.
 */
export function PlainText({ text }: { text: string }) {
  return <bdi>{escapeText(text)}</bdi>;
}

/** The same in one line that ends where the room does; the whole text is shown by pointing at it. */
export function Clipped({ text }: { text: string }) {
  const shown = escapeText(text);
  return (
    <bdi class="clipped" title={shown}>
      {shown}
    </bdi>
  );
}

/** The same over as many lines as it has. */
export function Lines({ text }: { text: string }) {
  return (
    <pre class="lines">
      {text
        .split(/\r\n|\n|\r/)
        .map((line) => escapeText(line.replaceAll('\t', '  ')))
        .join('\n')}
    </pre>
  );
}
