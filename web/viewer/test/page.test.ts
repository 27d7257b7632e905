// The built viewer in a real browser, before a session that is not there. What the browser does to
// keys, compositions, wheels and pixels is seen here; the parts without a browser have tests of
// their own.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gradient, startFakeSession, type FakeSession } from './fake_session.mjs';

const executablePath = '/usr/bin/chromium';
const ticket = '0'.repeat(64);
const toolbar = 44;

let browser: Browser;
let server: FakeSession;
let page: Page;

beforeAll(async () => {
  await build({ configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)), mode: 'screen', logLevel: 'warn' });
  browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}, 60000);
afterAll(() => browser?.close());
afterEach(async () => {
  await page.context().close();
  await server.stop();
});

interface Look { ratio?: number; layout?: string; hash?: string }

async function open({ ratio = 1, layout = 'jp', hash = `ticket=${ticket}` }: Look = {}): Promise<void> {
  server = await startFakeSession({ picture: gradient(1000, 700) });
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, viewport: { width: 800, height: 600 }, deviceScaleFactor: ratio, locale: 'ja-JP',
  });
  page = await context.newPage();
  await page.goto(`${server.address}/screen/#${hash}&locale=ja&layout=${layout}&name=test`);
}

async function connected(look: Look = {}): Promise<void> {
  await open(look);
  await page.waitForSelector('canvas[data-state=connected]');
}

// What the viewer sent of that type, without the type.
const sent = (type: number): number[][] => server.received.filter((one) => one.type === type).map((one) => one.bytes);
const texts = (type: number, at: number): string[] => sent(type).map((bytes) => Buffer.from(bytes.slice(at)).toString());
const until = async (holds: () => boolean): Promise<void> => { await expect.poll(holds, { timeout: 5000, interval: 10 }).toBe(true); };
const keys = (): string[] => sent(0x86).map(([low, high, pressed]) => `${pressed === 1 ? '+' : '-'}${low! | (high! << 8)}`);
const wantText = (enabled: boolean, purpose = 0): Promise<unknown> => {
  server.write((out) => out.u8(0x05, Number(enabled), purpose));
  return page.waitForSelector(`canvas[data-text-input=${enabled ? 'enabled' : 'disabled'}]`);
};

describe.runIf(existsSync(executablePath))('the page', () => {
  it('stands in an origin of its own, greets with its size and shows the exact picture', async () => {
    await connected();
    expect(await page.evaluate(() => [self.origin, '__shoji' in window])).toEqual(['null', false]);
    expect(server.origin).toBe('null');
    expect(server.received[0]).toEqual({ type: 0x80, bytes: [1, 0, 32, 3, 44, 2, 120, 0, 0] }); // 800 × 556
    const differing = await page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      const { data, width } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length / 4; i++) {
        const [x, y] = [i % width, Math.floor(i / width)];
        if (data[4 * i] !== (x & 255) || data[4 * i + 1] !== (y & 255) || data[4 * i + 2] !== ((x ^ y) & 255)) count++;
      }
      return count;
    });
    expect(differing).toBe(0);
    await until(() => sent(0x82).length === 1);
    expect(sent(0x82)).toEqual([[1, 0, 0, 0]]);
  });

  it('sends keys by their place and what the session\'s keyboard lacks as text', async () => {
    await connected();
    await page.keyboard.press('a');
    await page.keyboard.press('F5');
    await page.keyboard.press('Shift+B');
    await page.keyboard.press('Control+KeyT');
    const input = await page.context().newCDPSession(page);
    await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', code: 'Convert', key: 'Convert', windowsVirtualKeyCode: 28 });
    await until(() => keys().length >= 14);
    expect(keys()).toEqual(['+30', '-30', '+63', '-63', '+42', '+48', '-48', '-42', '+29', '+20', '-20', '-29', '+92', '-92']);
    await page.keyboard.press('BracketLeft'); // '[' to an American keyboard, '@' to the session
    await until(() => sent(0x88).length > 0);
    expect(texts(0x88, 2).at(-1)).toBe('[');
    expect(keys()).toHaveLength(14);
  });

  it('composes where the caret is, and commits once', async () => {
    await connected();
    server.write((out) => out.u8(0x04).u16(300, 200, 2, 20));
    await wantText(true);
    const field = page.getByTestId('field');
    await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await field.boundingBox()).toMatchObject({ x: 300, y: 200 + toolbar, height: 20 });
    const input = await page.context().newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await input.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 1, selectionEnd: 3 });
    await until(() => sent(0x87).length >= 2);
    expect(texts(0x87, 10)).toEqual(['に', 'にほん']);
    expect(sent(0x87)[1]!.slice(0, 8)).toEqual([3, 0, 0, 0, 9, 0, 0, 0]);
    await input.send('Input.insertText', { text: '日本' });
    await input.send('Input.imeSetComposition', { text: 'ご', selectionStart: 1, selectionEnd: 1 });
    await input.send('Input.insertText', { text: '語' });
    await until(() => sent(0x88).length >= 2);
    await page.waitForTimeout(200);
    expect(texts(0x88, 2)).toEqual(['日本', '語']);
    expect(keys()).toEqual([]);
    expect(await field.inputValue()).toBe('');
  });

  it('ends a composition that comes to nothing', async () => {
    await connected();
    await wantText(true);
    const input = await page.context().newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: 'あ', selectionStart: 1, selectionEnd: 1 });
    await until(() => sent(0x87).length === 1);
    await input.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
    await until(() => texts(0x87, 10).at(-1) === '');
    expect(sent(0x88)).toEqual([]);
  });

  it('gives the input method no field in a password, nor where no text is wanted', async () => {
    await connected();
    const active = (): Promise<string> => page.evaluate(() => document.activeElement!.localName);
    await wantText(true);
    await expect.poll(active).toBe('textarea');
    await wantText(true, 8);
    await expect.poll(active).toBe('canvas');
    await wantText(false);
    expect(await active()).toBe('canvas');
    expect(sent(0x89)).toEqual([[1]]);
  });

  it('passes nothing of the clipboard', async () => {
    await connected();
    await wantText(true);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'secret');
      document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.keyboard.press('Control+v');
    await until(() => keys().length === 4);
    expect(sent(0x88)).toEqual([]);
  });

  it.each([1, 1.25, 1.5])('points at exact device pixels at a ratio of %d', async (ratio) => {
    await connected({ ratio });
    expect(await page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      return [canvas.width, canvas.height, canvas.getBoundingClientRect().width * devicePixelRatio];
    })).toEqual([800 * ratio, 556 * ratio, 800 * ratio]);
    expect(server.received[0]!.bytes.slice(6, 8)).toEqual([(120 * ratio) & 255, 0]);
    for (const pixel of [1, 2, 3, 333, 700]) {
      await page.mouse.move(pixel / ratio, toolbar + 10);
      await until(() => sent(0x83).at(-1)?.[0] === (pixel & 255));
      expect(sent(0x83).at(-1)).toEqual([pixel & 255, pixel >> 8, Math.floor(10 * ratio), 0]);
    }
  });

  it('presses buttons where the pointer is and turns the wheel by notches', async () => {
    await connected();
    await page.mouse.move(100, toolbar + 50);
    await page.mouse.down({ button: 'right' });
    await page.mouse.up({ button: 'right' });
    await page.mouse.wheel(0, 120);
    await page.mouse.wheel(0, -240);
    await until(() => sent(0x85).length === 2);
    expect(sent(0x84)).toEqual([[2, 1], [2, 0]]);
    const turned = sent(0x85).map((bytes) => Buffer.from(bytes).readInt16LE(2));
    expect(turned[0]).toBeGreaterThanOrEqual(100);
    expect(turned[0]).toBeLessThanOrEqual(150);
    expect(turned[1]).toBe(-2 * turned[0]!);
  });

  it('follows the window\'s size', async () => {
    await connected();
    await page.setViewportSize({ width: 640 + 60, height: 500 });
    await until(() => sent(0x81).length > 0);
    expect(sent(0x81)).toEqual([[188, 2, 200, 1, 120, 0]]);
    await expect.poll(() => page.evaluate(() => document.querySelector('canvas')!.width)).toBe(700);
  });

  it('comes back by itself with the newest ticket', async () => {
    await connected();
    server.cut();
    await page.waitForSelector('canvas[data-state=reconnecting]');
    await page.waitForSelector('canvas[data-state=connected]');
    expect(server.ticket).toBe('01'.repeat(32));
    await expect.poll(() => new URL(page.url()).hash).toContain('02'.repeat(32));
    await page.reload();
    await page.waitForSelector('canvas[data-state=connected]');
    expect(server.ticket).toBe('02'.repeat(32));
  });

  it('tells a screen that is gone from a line that is down', async () => {
    await open();
    await page.waitForSelector('canvas[data-state=connected]');
    server.refuse = true;
    server.cut();
    await page.waitForSelector('[data-reason="ended.gone"]', { timeout: 25000 });
    expect(new URL(page.url()).hash).not.toContain('ticket');
  });

  it('says why something was blocked', async () => {
    await connected();
    await page.locator('canvas').click();
    server.write((out) => out.u8(0x40, 0, 1).u16(443).u32(1).text('www.example.org'));
    server.write((out) => out.u8(0x40, 0, 1).u16(443).u32(2).text('www.example.org'));
    await expect.poll(() => page.locator('.banner').innerText()).toContain('www.example.org は、この接続先で許可されているサイトに含まれていません');
    expect(await page.evaluate(() => document.activeElement!.localName)).toBe('canvas');
    await page.locator('[data-action=why]').click();
    await expect.poll(() => page.getByTestId('refusals').innerText()).toContain('3 回');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
  });

  it('says that there are no downloads, also when nothing was blocked', async () => {
    await connected();
    await page.locator('[data-action=why]').click();
    await expect.poll(() => page.locator('dialog').innerText()).toContain('ダウンロード');
    await page.keyboard.press('Escape');
  });

  it('says at once, and once, that a listed site cannot be reached, whatever the user does', async () => {
    await connected();
    const banner = page.locator('.banner');
    server.write((out) => out.u8(0x40, 0, 1).u16(443).u32(1).text('tracker.example'));
    server.write((out) => out.u8(0x40, 10, 1).u16(443).u32(1).text('www.example.jp'));
    await expect.poll(() => banner.innerText()).toContain('サイトに接続できません');
    expect(await banner.innerText()).toContain('www.example.jp と安全な暗号化通信（TLS）ができませんでした');
    await banner.getByRole('button', { name: '閉じる' }).click();
    server.write((out) => out.u8(0x40, 10, 1).u16(443).u32(1).text('www.example.jp'));
    await page.waitForTimeout(300);
    expect(await banner.isVisible()).toBe(false);
    await page.locator('[data-action=why]').click();
    await expect.poll(() => page.getByTestId('refusals').innerText()).toContain('2 回');
  });

  it('ends for what breaks the protocol', async () => {
    await connected();
    server.write((out) => out.u8(0x02).u32(9));
    await page.waitForSelector('[data-reason="ended.protocol"]');
    await page.getByText('接続し直す').click();
    await page.waitForSelector('canvas[data-state=connected]');
  });

  it('ends when the user wants it, and says so', async () => {
    await connected();
    await page.locator('[data-action=end]').click();
    await page.locator('[data-action=end_now]').click();
    await page.waitForSelector('[data-reason="ended.ended"]');
    expect(sent(0xc0)).toEqual([[]]);
    expect(await page.locator('.cover a').getAttribute('href')).toBe('/');
  });

  it('ends as soon as the line is back when the user wants it while it is down', async () => {
    await connected();
    server.refuse = true;
    server.cut();
    await page.waitForSelector('canvas[data-state=reconnecting]');
    await page.locator('[data-action=end]').click();
    await page.locator('[data-action=end_now]').click();
    server.refuse = false;
    await page.waitForSelector('[data-reason="ended.ended"]');
    expect(sent(0xc0)).toEqual([[]]);
  });

  it('cannot be opened without a ticket', async () => {
    await open({ hash: 'ticket=' });
    await page.waitForSelector('[data-reason="ended.no_ticket"]');
    expect(server.received).toEqual([]);
  });

  it('lets the keyboard out and back in', async () => {
    await connected();
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Shift', 'Alt', 'Control']) await page.keyboard.up(key);
    await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset['action'])).toBe('back');
    await until(() => sent(0x89).length === 2);
    expect(sent(0x89)).toEqual([[1], [0]]);
    await page.keyboard.press('Escape');
    await until(() => sent(0x89).length === 3);
  });
});
