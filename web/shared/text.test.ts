import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { languageOf, Texts, type Catalogue } from './text.js';

describe('Texts', () => {
  const texts = new Texts('ja', { 'a.b': { ja: '{host} は {n} 回', en: '{host}: {n} times' } }, {});

  it('says a message in its language', () => {
    expect(texts.say('a.b', { host: 'x.example', n: 2 })).toBe('x.example は 2 回');
    texts.language = 'en';
    expect(texts.say('a.b', { host: '{n}', n: 2 })).toBe('{n}: 2 times');
  });

  it('shows a key that the catalogue lacks', () => {
    expect(texts.say('toString')).toBe('toString');
    expect(texts.knows('a.b')).toBe(true);
    expect(texts.knows('toString')).toBe(false);
  });
});

describe('languageOf', () => {
  it('takes the first that it knows', () => {
    expect(languageOf('fr', 'ja-JP', 'en')).toBe('ja');
    expect(languageOf(null, 'en-GB')).toBe('en');
    expect(languageOf(undefined)).toBe('en');
  });
});

describe('the catalogue', () => {
  const folder = new URL('../../src/core/text/catalogue/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  it.each(files)('%s has the same placeholders in both languages', (name) => {
    const catalogue = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Catalogue;
    const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
    for (const [key, { ja, en }] of Object.entries(catalogue)) {
      expect([key, placeholders(ja)]).toEqual([key, placeholders(en)]);
    }
  });

  const keys = new Set(files.flatMap((name) =>
    Object.keys(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Catalogue)));

  it.each(['viewer', 'console'])('has every message that the %s names', (page) => {
    const source = new URL(`../${page}/src/`, import.meta.url);
    const named = readdirSync(source).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => [...readFileSync(new URL(name, source), 'utf8')
        .matchAll(/'((?:viewer|console|ended|enrol|sign_in)\.[a-z_.]+)'/g)])
      .map(([, key]) => key!);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((key) => !key.endsWith('_') && !keys.has(key))).toEqual([]);
  });
});
