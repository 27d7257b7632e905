// A disk that is full: what runs goes on, nothing new begins, whoever tries is told, and it works again by
// itself when there is space.
import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';

import { catalogueText, readPassword, Terminal } from '../terminal.mjs';
import { Installation } from './installation.mjs';

const installation = Installation.fromArguments();
const filler = `${dirname(installation.state)}/filler`;
let terminal;

before(async () => {
  terminal = await Terminal.launch(installation.address);
  await terminal.enrol('staff', await readPassword(), 'さくらの咲く丘で 2026');
});

after(async () => {
  await terminal?.close();
  rmSync(filler, { force: true });
  await installation.close();
});

function fill() {
  const file = openSync(filler, 'a');
  try {
    for (const size of [1 << 20, 4096, 1]) {
      for (let room = true; room;) {
        try {
          room = writeSync(file, Buffer.alloc(size)) === size;
        } catch (error) {
          assert.equal(error.code, 'ENOSPC');
          room = false;
        }
      }
    }
  } finally {
    closeSync(file);
  }
}

async function tryToOpen() {
  const problem = terminal.page.locator('.problem');
  await terminal.page.locator('[data-destination=demo]').click();
  await terminal.page.locator('.problem:not([hidden])').waitFor();
  return problem.innerText();
}

async function goesOn(screen) {
  await screen.page.locator('canvas[data-testid=screen][data-state=connected]').waitFor({ timeout: 30000 });
  await screen.page.locator('[data-action=reload]').click();
  await screen.waitForMarker();
}

test('a full disk', async () => {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  const from = (await installation.journal()).length;
  fill();
  await goesOn(screen);
  assert.equal(await tryToOpen(), await catalogueText('store.full'));
  await installation.recorded({ action: 'session_start', outcome: 'failed', reason: 'store.full' }, from);
  // Its viewer comes back when the store can be written again, and is not told that all is over.
  await screen.page.reload();
  await screen.page.getByTestId('cover').getByText(await catalogueText('viewer.waiting')).waitFor();
  rmSync(filler);
  await goesOn(screen);
  await screen.end();
  await installation.nothingOfSessions();
  await screen.page.close();
  const again = await terminal.open('demo');
  await again.waitForMarker();
  await again.end();
  await installation.recorded({ action: 'session_end', reason: /^the user ended it/ }, from);
  assert.match(await installation.said('audit', 'verify'), /改ざん・欠落・入れ替えはありません/);
});
