// Firefox as the terminal: it signs in, shows the demonstration site and types into it.
//   node firefox.test.mjs --address https://localhost:8443/ --demo-port N --state DIR < one-time password
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Firefox } from './firefox.mjs';
import { options } from './installation.mjs';
import { readPassword, Terminal } from './terminal.mjs';

let firefox;
let terminal;
let screen;

before(async () => {
  const password = await readPassword();
  firefox = await Firefox.launch();
  terminal = Object.assign(new Terminal(), { browser: firefox, context: firefox, address: options.address,
    page: firefox.page });
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
});

after(() => firefox?.close());

test('Firefox shows the site', async () => {
  screen = await terminal.open('demo');
  const { x, y } = await screen.waitForMarker();
  assert.equal(await screen.colourAt(x + 24, y + 24), 'f4a261');
});

test('what is clicked and typed in Firefox arrives', async () => {
  await screen.clickColour('0b6e99');
  await screen.waitForColour('b0b0b0', { count: 4000 });
  await screen.page.keyboard.type('shoji');
  await screen.waitForColour('0000a0', { count: 4000 });
});

test('Firefox ends the session', async () => {
  await screen.end();
});
