import { printable } from '../messages/index.ts';

/** Text that is HTML already. Everything else that goes into a template is escaped. */
export interface Markup {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as it may stand between tags and in quoted attributes; control and bidirectional characters made visible. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

type Part = string | number | Markup | readonly Part[] | undefined | false;

/** A template of HTML: strings are escaped, markup is not, lists are joined, nothing is left out. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.reduce((before, text, i) => before + rendered(parts[i - 1]) + text) };
}

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(rendered).join('');
}

/** Code spans of a sentence, which the messages write between backticks, as `code`. */
export function sentence(text: string): Markup {
  return html`${text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
