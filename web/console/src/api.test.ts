import { describe, expect, it } from 'vitest';
import { Api } from './api.js';

interface Sent { path: string; init: RequestInit }

function made(status: number, body: string): { api: Api; sent: Sent[] } {
  const sent: Sent[] = [];
  const api = new Api(async (path, init) => {
    sent.push({ path: String(path), init: init! });
    return new Response(body, { status });
  });
  return { api, sent };
}

describe('Api', () => {
  it('signs in with the header that the gateway wants, and a code only where there is one', async () => {
    const { api, sent } = made(200, '{"next":"code"}');
    expect(await api.signIn('a', 'b')).toEqual({ value: 'code' });
    expect(sent[0]!.path).toBe('/api/sign-in');
    expect(new Headers(sent[0]!.init.headers).get('X-Shoji-CSRF')).toBe('sign-in');
    expect(sent[0]!.init.body).toBe('{"user":"a","password":"b"}');
  });

  it('repeats the state\'s token in what it changes', async () => {
    const { api, sent } = made(200, `{"signedIn":true,"csrf":"t0ken","ticket":"${'0f'.repeat(32)}"}`);
    await api.state();
    const opened = await api.openScreen({ destination: 'demo', width: 1, height: 2, scale: 120, locale: 'ja', layout: 'jp' });
    expect(opened).toEqual({ value: '0f'.repeat(32) });
    expect(new Headers(sent[1]!.init.headers).get('X-Shoji-CSRF')).toBe('t0ken');
    expect(Object.keys(JSON.parse(sent[1]!.init.body as string) as object))
      .toEqual(['destination', 'width', 'height', 'scale', 'locale', 'layout']);
  });

  it('gives the gateway\'s reason for a refusal', async () => {
    const { api } = made(429, '{"error":"sign_in.locked","retryAfter":30}');
    expect(await api.signIn('a', 'b')).toEqual({ failure: { error: 'sign_in.locked', values: { seconds: 30, rule: '' } } });
  });

  it.each([
    ['no JSON', 200, '<html>'], ['another form', 200, '{"next":"elsewhere"}'], ['an error without a reason', 500, '{}'],
    ['an empty answer', 502, ''],
  ])('calls %s unexpected', async (_, status, body) => {
    expect(await made(status, body).api.signIn('a', 'b')).toMatchObject({ failure: { error: 'console.unexpected' } });
  });

  it('tells a server that is not there from one that answers', async () => {
    const api = new Api(() => Promise.reject(new TypeError('no network')));
    expect(await api.state()).toEqual({ failure: { error: 'console.unreachable', values: {} } });
  });

  it('takes no QR code that is none', async () => {
    expect(await made(200, '{"secret":"A","qr":{"size":1,"rows":["<svg>"]}}').api.beginEnrolment()).toHaveProperty('failure');
    expect(await made(200, '{"secret":"A","qr":{"size":1,"rows":["01","10"]}}').api.beginEnrolment())
      .toEqual({ value: { secret: 'A', rows: ['01', '10'] } });
  });

  it('reads destinations', async () => {
    const body = '{"destinations":[{"id":"x","name":{"ja":"あ","en":"a"},"zone":"z","allowed":false,"reason":"policy.expired"}]}';
    expect(await made(200, body).api.destinations())
      .toEqual({ value: [{ id: 'x', name: { ja: 'あ', en: 'a' }, allowed: false, reason: 'policy.expired' }] });
  });
});
