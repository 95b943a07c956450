import type { ComponentChildren } from 'preact';

interface SectionParts {
  id: string;
  title: string;
  /** Beside the title. */
  note?: ComponentChildren;
  children: ComponentChildren;
}

export function Section({ id, title, note, children }: SectionParts) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {note !== undefined && <div class="section-note">{note}</div>}
      </div>
      {children}
    </section>
  );
}
