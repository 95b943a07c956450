import type { TerminalStream } from '../../src/reporters/live-area.js';

/** A control sequence without its first character; any but those a live table needs throws. */
const SEQUENCE = /\[(\??)(\d*)([A-Za-z])/y;

/** A terminal that remembers what can be read on it: enough of one for output that is drawn over in place. */
export class FakeScreen implements TerminalStream {
  readonly isTTY = true;
  raw = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;
  readonly #listeners = new Set<() => void>();

  constructor(
    public columns = 80,
    public rows = 24,
  ) {}

  on(_event: 'resize', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** As terminals do it: lines that have become too long go on in the next one. Then the program is told. */
  resize(columns: number, rows = this.rows): void {
    const reflow = (lines: string[]) =>
      lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    const lines = this.read();
    this.#lines = reflow(lines);
    this.#row = reflow(lines.slice(0, this.#row)).length;
    Object.assign(this, { columns, rows });
    for (const listener of this.#listeners) listener();
  }

  write(text: string): boolean {
    this.raw += text;
    for (let at = 0; at < text.length; ) at = this.#writeOne(text, at);
    return true;
  }

  /** All lines, scrolled out or not, without spaces at their ends. */
  read(): string[] {
    return this.#lines.map((line) => line.trimEnd());
  }

  #writeOne(text: string, at: number): number {
    const character = text[at]!;
    if (character === '\x1b') return this.#control(text, at);
    if (character === '\n') {
      this.#row++;
      this.#column = 0;
      if (this.#row === this.#lines.length) this.#lines.push('');
    } else if (character === '\r') {
      this.#column = 0;
    } else {
      const line = this.#lines[this.#row]!.padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column++;
    }
    return at + 1;
  }

  #control(text: string, at: number): number {
    SEQUENCE.lastIndex = at + 1;
    const match = SEQUENCE.exec(text);
    if (match === null) throw new Error(`An unknown control sequence: ${JSON.stringify(text.slice(at, at + 10))}`);
    const [all, isPrivate, digits, command] = match;
    const count = digits === '' ? 1 : Number(digits);
    if (isPrivate === '?' || command === 'm') return at + 1 + all.length;
    if (command === 'A') this.#moveUp(count);
    else if (command === 'B') this.#row = Math.min(this.#lines.length - 1, this.#row + count);
    else if (command === 'G') this.#column = count - 1;
    else if (command === 'K') this.#erase(digits!);
    else throw new Error(`An unexpected control sequence: ${JSON.stringify(all)}`);
    return at + 1 + all.length;
  }

  #moveUp(count: number): void {
    const top = Math.max(0, this.#lines.length - this.rows);
    if (this.#row - count < top) throw new Error('The cursor left the top of the screen: the live lines are too many.');
    this.#row -= count;
  }

  #erase(what: string): void {
    const line = this.#lines[this.#row]!;
    if (what === '2') this.#lines[this.#row] = '';
    else if (what === '' || what === '0') this.#lines[this.#row] = line.slice(0, this.#column);
    else throw new Error(`An unexpected way to erase: ${what}`);
  }
}

/** A file or a pipe: remembers what was written. */
export class FakePipe implements TerminalStream {
  text = '';

  constructor(readonly columns?: number) {}

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  get lines(): string[] {
    return this.text.split('\n');
  }
}
