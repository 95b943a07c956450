import { padEnd, widthOf, wrapText } from './pad-text.js';

/** Something that is said in a line: what it is about, and what there is to say. */
export interface Fact {
  label: string;
  text: string;
}

const GAP = 2;
const MAX_LINES = 4;
const LEAST_TEXT_WIDTH = 16;

/** Facts in two columns; where there is no room for two, one below the other. */
export function formatFacts(facts: readonly Fact[], maxWidth: number): string[] {
  const labelWidth = facts.reduce((width, { label }) => Math.max(width, widthOf(label)), 0) + GAP;
  const textWidth = maxWidth - labelWidth;
  if (textWidth < LEAST_TEXT_WIDTH) {
    return facts.flatMap(({ label, text }) => wrapText(`${label}: ${text}`, maxWidth, MAX_LINES));
  }
  return facts.flatMap(({ label, text }) =>
    wrapText(text, textWidth, MAX_LINES).map((line, index) => padEnd(index === 0 ? label : '', labelWidth) + line),
  );
}
