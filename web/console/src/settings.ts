// What this browser remembers: the language and the keyboard. Neither is secret, and neither is
// needed: where the browser keeps nothing, the page asks the browser again.

import { languageOf, type Language } from '../../shared/text.js';

export type Layout = 'jp' | 'us';

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

export function language(): Language {
  return languageOf(remembered('language'), ...navigator.languages);
}

export function setLanguage(chosen: Language): void {
  remember('language', chosen);
}

// What the key beside P says tells the two apart; browsers that do not tell get the language's own.
export async function layout(): Promise<Layout> {
  const chosen = remembered('layout');
  if (chosen === 'jp' || chosen === 'us') return chosen;
  const { keyboard } = navigator as { keyboard?: { getLayoutMap(): Promise<ReadonlyMap<string, string>> } };
  const key = await keyboard?.getLayoutMap().then((map) => map.get('BracketLeft'), () => undefined);
  if (key === '@') return 'jp';
  if (key === '[') return 'us';
  return languageOf(...navigator.languages) === 'ja' ? 'jp' : 'us';
}

export function setLayout(chosen: Layout): void {
  remember('layout', chosen);
}
