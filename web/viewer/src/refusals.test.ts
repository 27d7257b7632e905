import { describe, expect, it } from 'vitest';
import refusal from '../../../src/core/text/catalogue/refusal.json';
import { Refusals } from './refusals.js';
import { lastRefusalReason } from './wire.js';

const one = { type: 'refused', reason: 0, scheme: 'https', port: 443, times: 1, host: 'a.example' } as const;

describe('Refusals', () => {
  it('merges the same and counts it', () => {
    const refusals = new Refusals();
    refusals.add(one);
    refusals.add({ ...one, host: 'b.example', scheme: 'http', port: 8080 });
    expect(refusals.add({ ...one, times: 3 }).times).toBe(4);
    expect(refusals.list().map((entry) => [entry.place, entry.times]))
      .toEqual([['https://a.example', 4], ['http://b.example:8080', 1]]);
  });

  it('writes address literals as addresses and knows places without a host', () => {
    const refusals = new Refusals();
    expect(refusals.add({ ...one, host: '::1' }).place).toBe('https://[::1]');
    expect(refusals.add({ ...one, host: '' }).place).toBe('');
  });

  it('tells what was blocked from what an allowed site fails in', () => {
    const failed = [...Array(lastRefusalReason + 1).keys()].filter((reason) => new Refusals().add({ ...one, reason }).failed);
    expect(failed).toEqual([4, 5, 10]);
  });

  it('is bounded', () => {
    const refusals = new Refusals();
    for (let i = 0; i < 500; i++) refusals.add({ ...one, host: `h${i}`, times: 0xffffffff });
    expect(refusals.size).toBe(100);
    expect(refusals.list()[0]).toMatchObject({ host: 'h499', times: 999999 });
  });

  it('has a message for every reason of the protocol', () => {
    for (let reason = 0; reason <= lastRefusalReason; reason++) {
      expect(Object.keys(refusal)).toContain(new Refusals().add({ ...one, reason }).message);
    }
  });
});
