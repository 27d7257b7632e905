// The screen as a member of staff meets it, end to end: real programs, a real Chromium as the terminal.
//   node terminal.test.mjs --address https://localhost:8443/ --demo-port N --state DIR
//     [--screenshot FILE] < one-time password
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { demo, eventually, forbidden, forbiddenPort, options, processOf, programs, shoji } from './installation.mjs';
import { readPassword, Terminal } from './terminal.mjs';

let terminal;
let screen;

async function go(colour, appears, amount) {
  await screen.clickColour(colour);
  if (appears) await screen.waitForColour(appears, amount);
}

before(async () => {
  const password = await readPassword();
  terminal = await Terminal.launch(options.address);
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
});

after(() => terminal?.close());

test('a sign-in needs the second factor', async () => {
  const other = await Terminal.launch(options.address);
  try {
    await other.enterPassword(terminal.account.user, terminal.account.password);
    await other.field('code').fill('000000');
    await other.submit();
    await other.page.getByTestId('problem').waitFor();
    assert.equal(await other.page.getByTestId('sites').count(), 0);
    await other.signIn(terminal.account);
  } finally {
    await other.close();
  }
});

test('the demonstration site appears, marker and all', async () => {
  screen = await terminal.open('demo');
  const { x, y } = await screen.waitForMarker();
  assert.equal(await screen.colourAt(x + 24, y + 8), 'e9c46a');
  assert.equal(await screen.colourAt(x + 8, y + 24), '264653');
  assert.equal(await screen.colourAt(x + 24, y + 24), 'f4a261');
  if (options.screenshot) await screen.page.screenshot({ path: options.screenshot });
});

test('the canvas equals what a browser renders by itself', async () => {
  await screen.page.mouse.move(2, 200);
  const { width, height } = await screen.picture();
  const page = await terminal.context.newPage();
  try {
    await page.setViewportSize({ width, height });
    await page.goto(`${demo}/`);
    const reference = (await page.screenshot()).toString('base64');
    const ours = (await screen.picture()).data.toString('base64');
    const same = await page.evaluate(async ({ reference, ours }) => {
      const bytes = (text) => Uint8ClampedArray.from(atob(text), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes(reference)]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const expected = context.getImageData(0, 0, image.width, image.height).data;
      const seen = bytes(ours);
      let equal = 0;
      for (let at = 0; at < expected.length; at += 4) {
        const near = [0, 1, 2].every((part) => Math.abs(expected[at + part] - seen[at + part]) <= 48);
        if (near) equal += 1;
      }
      return equal / (expected.length / 4);
    }, { reference, ours });
    // Smoothed edges of letters may differ by a shade, a scroll bar by its width.
    assert.ok(same > 0.97, `only ${(same * 100).toFixed(1)} % of the pixels agree`);
  } finally {
    await page.close();
  }
});

test('typed Latin text arrives', async () => {
  await go('0b6e99', 'b0b0b0', { count: 4000 });
  await screen.page.keyboard.type('shoji');
  await screen.waitForColour('0000a0', { count: 4000 });
});

test('Japanese is composed by the terminal and arrives as it is', async () => {
  await screen.page.keyboard.press('Control+a');
  await screen.page.keyboard.press('Backspace');
  await screen.waitForColour('b0b0b0', { count: 4000 });
  const devtools = await terminal.context.newCDPSession(screen.page);
  for (const text of ['に', 'にほ', 'にほん']) {
    await devtools.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await screen.waitForColour('808000', { count: 4000 });
  await devtools.send('Input.imeSetComposition', { text: '日本語', selectionStart: 3, selectionEnd: 3 });
  await devtools.send('Input.insertText', { text: '日本語' });
  await screen.waitForColour('00a000', { count: 4000 });
});

test('a select list opens and a choice is made by keyboard', async () => {
  await screen.page.keyboard.press('Tab');
  await screen.page.keyboard.press('ArrowDown');
  await screen.page.keyboard.press('ArrowDown');
  await screen.waitForColour('a000a0', { count: 4000 });
});

test('the wheel scrolls', async () => {
  const box = await screen.canvas.boundingBox();
  await screen.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let notch = 0; notch < 5; notch += 1) await screen.page.mouse.wheel(0, 120);
  await screen.waitForColour('00a0a0', { count: 4000 });
  for (let notch = 0; notch < 12; notch += 1) await screen.page.mouse.wheel(0, -120);
  await screen.waitForMarker();
});

test('a second window opens, is shown, and closes', async () => {
  await go('b5651d', '105010');
  await go('105010', '7a306c', { count: 10000 });
  await screen.page.locator('[data-action=close_window]').click();
  await screen.waitForColour('b00020', { count: 64 });
});

test('a page dialog appears and is answered', async () => {
  await go('8d5a97', 'b0b0b0', { count: 4000 });
  await screen.page.keyboard.press('Escape');
  await screen.click(...(await screen.placeOf('b0b0b0')), {});
  await screen.page.keyboard.press('Tab');
  await screen.page.keyboard.press('Enter');
  await screen.page.waitForTimeout(500);
  await screen.page.keyboard.press('Enter');
  await screen.waitForColour('008060', { count: 4000 });
});

test('a link that is not allowed is refused with its reason', async () => {
  // The page of dialogs asks whether it may be left.
  await screen.clickColour('b5651d');
  await screen.page.waitForTimeout(1000);
  await screen.page.keyboard.press('Enter');
  await screen.waitForColour('b00020');
  await screen.clickColour('b00020');
  assert.match(await screen.refusalOf(`localhost:${forbiddenPort}`), /許可されている/);
  // The gateway writes refusals together, once a second.
  await eventually(async () => (await shoji('destination', 'refused')).some((entry) => entry.port === forbiddenPort));
  const { hits } = await (await fetch(`${forbidden}/hits`)).json();
  assert.equal(hits, 0);
});

test('the session survives a restart of the gateway', async () => {
  process.kill(processOf('shoji-gateway'), 'SIGKILL');
  await screen.page.locator('canvas[data-testid=screen]:not([data-state=connected])').waitFor();
  const gateway = spawn(`${programs}shoji-gateway`, ['--state', options.state], { stdio: 'ignore' });
  try {
    await screen.page.locator('canvas[data-testid=screen][data-state=connected]').waitFor({ timeout: 30000 });
    await screen.page.locator('[data-action=back]').click();
    await screen.waitForMarker();
    await screen.end();
    assert.deepEqual(await shoji('session', 'list'), []);
  } finally {
    gateway.kill('SIGTERM');
    await once(gateway, 'exit');
  }
});
