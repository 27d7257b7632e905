// What the terminal's display does to the screen: finer pixels, another size, zoom, full screen; and a line to the
// gateway that breaks and comes back.
//   node display.test.mjs --address https://localhost:8443/ --demo-port N --state DIR < one-time password
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, options, shoji } from './installation.mjs';
import { Line } from './line.mjs';
import { markerColours } from './screen.mjs';
import { readPassword, Terminal } from './terminal.mjs';

const markerSide = 32;  // device-independent pixels
let line;
let terminal;
let screen;

const button = (name) => screen.page.locator(`[data-action=${name}]`);

// How large the canvas has to be to fill its place, in device pixels.
const place = (shown) => shown.page.locator('main.stage').evaluate(({ clientWidth, clientHeight }) => (
  [clientWidth, clientHeight].map((side) => Math.round(side * devicePixelRatio))));

async function fillsItsPlace(shown) {
  await eventually(async () => {
    const { width, height } = await shown.picture();
    const [wantedWidth, wantedHeight] = await place(shown);
    return width === wantedWidth && height === wantedHeight;
  }, 'the picture is as large as its place');
}

// Each pixel of the marker has exactly the colour of its quadrant: nothing is smeared.
async function markerIsSharp(shown, factor) {
  const { x, y } = await shown.waitForMarker();
  const { width, data } = await shown.picture();
  const side = markerSide * factor;
  for (let down = 0; down < side; down += 1) {
    for (let right = 0; right < side; right += 1) {
      const at = ((y + down) * width + x + right) * 4;
      const quadrant = (down < side / 2 ? 0 : 2) + (right < side / 2 ? 0 : 1);
      const colour = data.subarray(at, at + 3).toString('hex');
      assert.equal(colour, markerColours[quadrant], `at ${right}, ${down} of the marker`);
    }
  }
}

// How many pixels of the marker's second quadrant there are.
async function quadrantPixels() {
  const { data } = await screen.picture();
  const wanted = Buffer.from(markerColours[1], 'hex');
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if (data.subarray(at, at + 3).equals(wanted)) count += 1;
  return count;
}

async function typesIntoTheForm(shown, text = 'shoji') {
  await shown.clickColour('0b6e99');
  await shown.waitForColour('b0b0b0', { count: 4000 });
  await shown.page.keyboard.type(text);
}

before(async () => {
  const password = await readPassword();
  line = await Line.open();
  terminal = await Terminal.launch(options.address, { proxy: line.proxy });
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
});

after(async () => {
  await terminal?.close();
  line?.close();
});

for (const factor of [1.25, 1.5]) {
  test(`a display with ${factor} device pixels a pixel`, async () => {
    const finer = await terminal.another({ deviceScaleFactor: factor });
    const shown = await finer.open('demo');
    await fillsItsPlace(shown);
    await markerIsSharp(shown, factor);
    await typesIntoTheForm(shown);
    await shown.waitForColour('0000a0', { count: 4000 * factor * factor });
    await shown.end();
    await finer.context.close();
  });
}

test('the screen follows the window\'s size', async () => {
  screen = await terminal.open('demo');
  await markerIsSharp(screen, 1);
  for (const [width, height] of [[1000, 600], [1500, 900], [1280, 800]]) {
    await screen.page.setViewportSize({ width, height });
    await fillsItsPlace(screen);
    await markerIsSharp(screen, 1);
  }
});

test('the page is made larger, smaller, and its own size again', async () => {
  const own = await quadrantPixels();
  await button('zoom_in').click();
  await eventually(async () => await quadrantPixels() > own, 'larger');
  await button('zoom_reset').click();
  await eventually(async () => await quadrantPixels() === own, 'its own size');
  await button('zoom_out').click();
  await eventually(async () => await quadrantPixels() < own, 'smaller');
  await button('zoom_reset').click();
  await eventually(async () => await quadrantPixels() === own, 'its own size again');
});

// The page hides its own button while it has the whole screen, and shows it once it hears that this is over.
test('the page\'s full screen is left by a button, by Escape, and by the page', async () => {
  const leave = button('leave_page_full_screen');
  assert.ok(await leave.isHidden());
  await screen.clickColour('edae49');
  for (const way of [() => leave.click(), () => screen.page.keyboard.press('Escape'), () => screen.page.keyboard.press('x'),
    () => leave.click()]) {
    await screen.clickColour('b5b01a');
    await screen.waitForNoColour('b5b01a');
    await leave.waitFor();
    await way();
    await leave.waitFor({ state: 'hidden' });
    await screen.waitForColour('b5b01a');
    await screen.waitForMarker();
  }
});

test('the screen fills the terminal\'s display and leaves it again', async () => {
  const full = () => screen.page.evaluate(() => document.fullscreenElement !== null);
  await button('full_screen').click();
  await eventually(full);
  await fillsItsPlace(screen);
  await button('full_screen').click();
  await eventually(async () => !await full(), 'no longer full');
  await fillsItsPlace(screen);
});

test('a line that breaks is made again by itself, and the session has lost nothing', async () => {
  const sessions = async () => (await shoji('session', 'list')).map(({ id, watched }) => ({ id, watched }));
  await typesIntoTheForm(screen, 'sho');
  const [{ id }] = await sessions();
  for (const rest of ['j', 'i']) {
    line.cut();
    await screen.page.locator('canvas[data-state=reconnecting]').waitFor();
    assert.ok(await screen.page.getByTestId('cover').isVisible());
    await eventually(async () => (await sessions())[0].watched === false, 'the gateway knows that nobody watches');
    line.mend();
    await screen.page.locator('canvas[data-state=connected]').waitFor({ timeout: 30000 });
    assert.deepEqual(await sessions(), [{ id, watched: true }]);
    await screen.page.keyboard.type(rest);
  }
  await screen.waitForColour('0000a0', { count: 4000 });
});
