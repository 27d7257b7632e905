// What the console put behind the '#': the ticket and how to show the screen. The newest ticket is
// kept there, so that a page that is loaded again comes back to the same screen. It never leaves the
// terminal: browsers send no fragment.

import { languageOf, type Language } from '../../shared/text.js';
import type { Layout } from './wire.js';

export interface Address {
  readonly ticket: string; // 64 hexadecimal digits; empty: none
  readonly language: Language;
  readonly layout: Layout;
  readonly name: string; // of the destination; may be empty
}

const longestName = 100;

export function readAddress(hash: string, browserLanguage: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const ticket = fields.get('ticket') ?? '';
  const language = languageOf(fields.get('locale'), browserLanguage);
  const layout = fields.get('layout');
  const name = (fields.get('name') ?? fields.get('destination') ?? '').replace(/\p{C}/gu, '').slice(0, longestName);
  return {
    ticket: /^[0-9a-f]{64}$/.test(ticket) ? ticket : '',
    language,
    layout: layout === 'jp' || layout === 'us' ? layout : language === 'ja' ? 'jp' : 'us',
    name,
  };
}

export function withTicket(hash: string, ticket: string): string {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  if (ticket === '') fields.delete('ticket');
  else fields.set('ticket', ticket);
  return `#${fields}`;
}
