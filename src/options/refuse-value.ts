import { LoadwrightError } from '../errors.js';
import type { OptionDefinition } from './option-definition.js';
import { definitionOf, environmentName } from './option-table.js';
import type { LayerName, OptionName } from './resolved-options.js';

interface RefusedValue {
  name: OptionName;
  value: unknown;
  layer: LayerName;
  origin: string;
}

const LONGEST_SHOWN = 80;

/** The error for a value that cannot be read: what it must be, what was found and where, and what to type instead. */
export function refuseValue(refused: RefusedValue, why: { must: string; meant?: string }): LoadwrightError {
  const { name, value, origin } = refused;
  return new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"${name}" must be ${why.must}, but ${origin} gave ${definitionOf(name).isSecret === true ? 'another text' : showFound(value)}.`,
    hint: hintFor(refused, why.meant ?? definitionOf(name).example),
  });
}

/** A URL without the password that stands in it. */
export function redactUrl(text: string): string {
  return text.replace(/(\/\/[^/\s:@]*):[^/\s@]*@/g, '$1:***@');
}

function showFound(value: unknown): string {
  const isSingle = Array.isArray(value) && value.length === 1;
  const text = redactUrl(JSON.stringify(isSingle ? value[0] : value) ?? String(value));
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function hintFor({ name, layer, origin }: RefusedValue, example: string): string {
  const definition = definitionOf(name);
  const asFlag = showFlag(definition, example);
  if (layer === 'environment') return `${asFlag}   or   ${environmentName(name)}=${example}`;
  if (layer === 'config') return `"${name}": ${showLiteral(definition, example, '"')} in ${origin}   or   ${asFlag}`;
  if (layer === 'script' && definition.scriptPath !== undefined) {
    const [outer, inner] = definition.scriptPath.split('.');
    const literal = showLiteral(definition, example, "'");
    return `${inner === undefined ? `${outer}: ${literal}` : `${outer}: { ${inner}: ${literal} }`}   or   ${asFlag}`;
  }
  return asFlag;
}

function showFlag(definition: OptionDefinition<unknown>, example: string): string {
  if (definition.kind !== 'boolean') return `--${definition.flag} ${example}`;
  return definition.default === true ? `--no-${definition.flag}` : `--${definition.flag}`;
}

function showLiteral(definition: OptionDefinition<unknown>, example: string, quote: string): string {
  const isBare = definition.kind === 'number' || definition.kind === 'boolean';
  return isBare ? example : `${quote}${example}${quote}`;
}
