import { LoadwrightError } from '../errors.js';
import { definitionOf } from '../options/option-table.js';
import { LAYER_ORDER, type OptionName, type ResolvedOptions } from '../options/resolved-options.js';

const PAGE_OPTIONS = ['autostart', 'autoquit', 'webHost', 'webPort', 'webToken', 'tlsCert', 'tlsKey'] as const;

/** Whether a run has a page: asked for, or on a terminal where nothing says otherwise. */
export function isPageWanted({ values, origins }: ResolvedOptions, hasTerminal: boolean): boolean {
  if (values.debug) return false;
  const rankOf = (name: OptionName) => LAYER_ORDER.indexOf(origins[name].layer);
  const [strongest] = [...PAGE_OPTIONS].sort((one, other) => rankOf(other) - rankOf(one));
  const rank = rankOf(strongest!);
  if (!values.headless) return rank > 0 || origins.headless.layer !== 'default' || hasTerminal;
  if (rank !== rankOf('headless')) return rank > rankOf('headless');
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message:
      `"headless" (from ${origins.headless.origin}) is for runs without a page, ` +
      `but "${strongest}" (from ${origins[strongest!].origin}) is about the page.`,
    hint: `Leave out one of --headless and --${definitionOf(strongest!).flag}.`,
  });
}
