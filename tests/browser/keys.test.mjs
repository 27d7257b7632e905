// A taken-over terminal speaks the display protocol itself and presses every key with every modifier: no window of the
// browser's own opens, none of its pages is asked for, and the site is still there.
//   node keys.test.mjs --address https://localhost:8443/ --demo-port N --state DIR < one-time password
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, options, shoji } from './installation.mjs';
import { LightTerminal } from './light_terminal.mjs';
import { readPassword, Terminal } from './terminal.mjs';

// Codes of linux/input-event-codes.h.
const control = 29;
const shift = 42;
const alt = 56;
const meta = 125;
const escape = 1;
const tab = 15;  // goes to the page's links, which Shift+Enter opens in a window: that is the page's own
const highest = 247;
const modifiers = new Set([29, 42, 54, 56, 97, 100, 125, 126]);
// What closes the window, as its user may: Ctrl+W, Ctrl+F4, Alt+F4, and Ctrl+Shift+Q for all of them.
const closing = new Map([[17, [control]], [62, [control, alt]], [16, [control]]]);
let terminal;
let light;

before(async () => {
  const password = await readPassword();
  terminal = await Terminal.launch(options.address);
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
});

after(async () => {
  light?.close();
  await terminal?.close();
});

// Escape afterwards closes what a page or the browser may have laid over the page.
function press(held, code) {
  for (const modifier of held) light.key(modifier, true);
  for (const key of [code, escape]) {
    light.key(key, true);
    light.key(key, false);
    if (key === code) for (const modifier of held) light.key(modifier, false);
  }
}

test('no key with any modifiers opens a window', async () => {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  const ticket = new URLSearchParams(new URL(screen.page.url()).hash.slice(1)).get('ticket');
  const { width, height } = await screen.picture();
  await screen.page.close();
  light = new LightTerminal(options.address, ticket, { width, height });
  await light.ready;
  light.focus();
  await eventually(() => light.windows === 1, 'the session says how many windows there are');
  for (const held of [[], [control], [shift], [alt], [meta], [control, shift], [control, alt], [alt, shift],
    [control, alt, shift]]) {
    for (let code = 1; code <= highest; code += 1) {
      const closes = closing.get(code)?.some((modifier) => held.includes(modifier));
      if (modifiers.has(code) || code === tab || closes) continue;
      press(held, code);
      await light.answered();
    }
    assert.equal(light.windows, 1, `with ${held.join(' and ') || 'none'} held`);
  }
});

test('the site is still there, and a window that it opens is the second', async () => {
  const { ticket } = light;
  light.close();
  const screen = await terminal.resume(ticket);
  const shows = (colour) => screen.waitForColour(colour, { timeout: 1000 }).then(() => true, () => false);
  await screen.page.locator('[data-action=zoom_reset]').click();
  // The keys have scrolled the page, which outlives a reload, and have stopped it before it had its styles; and a
  // click is lost when its button goes down over the page before a reload and up over the one after it.
  await eventually(async () => {
    await screen.page.locator('[data-action=reload]').click();
    await screen.page.keyboard.press('Control+Home');
    return shows('b5651d');
  }, 'the upper end of the page is seen');
  await eventually(async () => {
    await screen.clickColour('b5651d');
    return shows('105010');
  }, 'the page of links is opened');
  await screen.clickColour('105010');
  await screen.waitForColour('7a306c', { count: 10000 });
  await screen.page.locator('[data-action=close_window]').click();
  await screen.clickColour('40798c');
  await screen.waitForMarker();
  await screen.end();
});

test('nothing but the site was asked for', async () => {
  const refused = (await shoji('destination', 'refused')).map(({ host, port }) => `${host}:${port}`);
  assert.deepEqual(refused, []);
});
