// Programs that are killed without warning, while a member of staff looks at the demonstration site.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { catalogueText, readPassword, Terminal } from '../terminal.mjs';
import { Installation } from './installation.mjs';

const installation = Installation.fromArguments();
let terminal;

before(async () => {
  terminal = await Terminal.launch(installation.address);
  await terminal.enrol('staff', await readPassword(), 'さくらの咲く丘で 2026');
});

after(async () => {
  await terminal?.close();
  await installation.close();
});

async function openDemo() {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  return screen;
}

// The screen ends with that message, that record in the journal, and without leaving anything.
async function endsWith(screen, reason) {
  const ended = screen.page.getByTestId('ended');
  await ended.waitFor({ timeout: 30000 });
  assert.ok((await ended.innerText()).includes(await catalogueText(`ended.${reason}`)), await ended.innerText());
  await installation.nothingOfSessions();
  await screen.page.close();
}

// What goes on works: a page is asked for over the egress and drawn.
async function goesOn(screen) {
  await screen.page.locator('canvas[data-testid=screen][data-state=connected]').waitFor({ timeout: 30000 });
  await screen.page.locator('[data-action=reload]').click();
  await screen.waitForMarker();
}

for (const [part, reason] of [['chromium', 'browser_exited'], ['reaper', 'browser_exited'],
  ['compositor', 'session_failed'], ['egress', 'egress_failed']]) {
  test(`killed: the session's ${part}`, async () => {
    const screen = await openDemo();
    const session = installation.session();
    process.kill(session[part], 'SIGKILL');
    await endsWith(screen, reason);
    await installation.recorded({ action: 'session_end', what: `demo ${session.id}`, reason: new RegExp(`^${reason};`) });
  });
}

test('killed: the host; its sessions go on without it and are its successor\'s', async () => {
  const screen = await openDemo();
  const session = installation.session();
  const from = (await installation.journal()).length;
  await installation.kill('shoji-host');
  await installation.recorded({ action: 'fault', outcome: 'failed', who: 'shoji-host' }, from);
  // Nobody else can open a screen meanwhile, and is told why.
  await terminal.page.locator('[data-destination=demo]').click();
  const problem = terminal.page.locator('.problem:not([hidden])');
  await problem.waitFor();
  assert.equal(await problem.innerText(), await catalogueText('host.unavailable'));
  assert.match(await installation.said('status'), new RegExp(`shoji-host +${await catalogueText('cli.status.state.away')}`));
  await installation.start('shoji-host');
  await installation.recorded({ action: 'program_started', who: 'shoji-host' }, from);
  await goesOn(screen);
  assert.deepEqual(installation.session(), session);
  await screen.end();
  await installation.nothingOfSessions();
  await screen.page.close();
});

test('killed: the gateway; the screen comes back by itself', async () => {
  const screen = await openDemo();
  const session = installation.session();
  const from = (await installation.journal()).length;
  await installation.kill('shoji-gateway');
  const cover = screen.page.getByTestId('cover');
  await cover.getByText(await catalogueText('viewer.reconnecting')).waitFor();
  await installation.start('shoji-gateway');
  await installation.recorded({ action: 'program_started', who: 'shoji-gateway' }, from);
  await goesOn(screen);
  assert.deepEqual(installation.session(), session);
  await screen.end();
  await installation.nothingOfSessions();
  await screen.page.close();
});

test('killed: the journal; what runs goes on, nothing new begins', async () => {
  const screen = await openDemo();
  const from = (await installation.journal()).length;
  await installation.kill('shoji-audit');
  await goesOn(screen);
  await terminal.page.locator('[data-destination=demo]').click();
  const problem = terminal.page.locator('.problem:not([hidden])');
  await problem.waitFor();
  assert.equal(await problem.innerText(), await catalogueText('journal.unavailable'));
  await screen.end();
  await installation.nothingOfSessions();
  await screen.page.close();
  await installation.start('shoji-audit');
  await installation.recorded({ kind: 'notice', event: 'opened' }, from);
  // What was said meanwhile is written now.
  await installation.recorded({ action: 'session_end', reason: /^the user ended it/ }, from);
  assert.match(await installation.said('audit', 'verify'), /改ざん・欠落・入れ替えはありません/);
  await (await openDemo()).end();
});
