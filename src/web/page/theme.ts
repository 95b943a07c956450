export type Theme = 'light' | 'dark';

const KEY = 'loadwright-theme';

/** The theme in use: the one that was chosen, else the system's; paper is always light. */
export class ThemeChoice {
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  readonly #paper = matchMedia('print');
  readonly #listeners = new Set<() => void>();
  #chosen = readChosen();
  #isPrinting = this.#paper.matches;

  constructor() {
    this.#apply();
    this.#system.addEventListener('change', () => this.#apply());
    this.#paper.addEventListener('change', ({ matches }) => this.#print(matches));
    // Before the browser lays the pages out; charts are drawn anew at once.
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
  }

  get current(): Theme {
    return this.#isPrinting ? 'light' : this.#onScreen;
  }

  toggle(): void {
    this.#chosen = this.#onScreen === 'dark' ? 'light' : 'dark';
    keep(this.#chosen);
    this.#apply();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #onScreen(): Theme {
    return this.#chosen ?? (this.#system.matches ? 'dark' : 'light');
  }

  #print(isPrinting: boolean): void {
    this.#isPrinting = isPrinting;
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.current;
    for (const listener of this.#listeners) listener();
  }
}

function readChosen(): Theme | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : undefined;
  } catch {
    // Files opened from disk may keep nothing.
    return undefined;
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds for as long as the page is open.
  }
}
