import type { PageData } from '../../page-data.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';

/** What held the target up, the gravest first. */
export function Bottlenecks({ data: { bottlenecks } }: { data: PageData }) {
  return (
    <Section id="bottlenecks" title="Bottlenecks">
      <ol class="bottlenecks">
        {bottlenecks.map(({ rule, title, evidence, advice }) => (
          <li key={rule}>
            <b>
              <PlainText text={title} />
            </b>
            <ul class="sentences">
              {evidence.map((sentence) => (
                <li key={sentence}>
                  <PlainText text={sentence} />
                </li>
              ))}
              <li class="faint">→ {advice}</li>
            </ul>
          </li>
        ))}
      </ol>
    </Section>
  );
}
