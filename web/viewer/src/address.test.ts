import { describe, expect, it } from 'vitest';
import { readAddress, withTicket } from './address.js';

const ticket = '0123456789abcdef'.repeat(4);

describe('readAddress', () => {
  it('reads what the console writes', () => {
    expect(readAddress(`#ticket=${ticket}&locale=ja&destination=demo&name=%E3%81%95%E3%81%8F%E3%82%89%E5%B8%82`, 'en'))
      .toEqual({ ticket, language: 'ja', layout: 'jp', name: 'さくら市' });
    expect(readAddress(`#ticket=${ticket}&locale=ja&layout=us&destination=demo`, 'en'))
      .toMatchObject({ layout: 'us', name: 'demo' });
  });

  it('takes nothing that is not of its form', () => {
    expect(readAddress('', 'ja-JP')).toEqual({ ticket: '', language: 'ja', layout: 'jp', name: '' });
    expect(readAddress(`#ticket=${ticket}0&layout=fr&name=a%00%E2%80%AEb`, 'de'))
      .toEqual({ ticket: '', language: 'en', layout: 'us', name: 'ab' });
  });
});

describe('withTicket', () => {
  it('changes the ticket alone', () => {
    const hash = withTicket(`#ticket=${ticket}&locale=ja&name=a+b`, 'f'.repeat(64));
    expect(readAddress(hash, 'en')).toEqual({ ticket: 'f'.repeat(64), language: 'ja', layout: 'jp', name: 'a b' });
    expect(readAddress(withTicket(hash, ''), 'en').ticket).toBe('');
  });
});
