// Destinations that fail, pages that do, and a terminal that does not come back.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { catalogueText, readPassword, Terminal } from '../terminal.mjs';
import { eventually, Installation } from './installation.mjs';
import { Sites } from './sites.mjs';

const installation = Installation.fromArguments();
let sites;
let terminal;

before(async () => {
  sites = await Sites.start(installation.state);
  await sites.apply(installation);
  terminal = await Terminal.launch(installation.address);
  await terminal.enrol('staff', await readPassword(), 'さくらの咲く丘で 2026');
});

after(async () => {
  await terminal?.close();
  sites?.stop();
  await installation.close();
});

async function assertEnded(page, reason) {
  const ended = page.getByTestId('ended');
  await ended.waitFor({ timeout: 30000 });
  assert.ok((await ended.innerText()).includes(await catalogueText(`ended.${reason}`)), await ended.innerText());
}

for (const [destination, reason] of [['down', 'unreachable'], ['nowhere', 'name_not_found'],
  ['uncertified', 'tls_failed'], ['plain', 'tls_failed']]) {
  test(`a destination that fails: ${destination}`, async () => {
    const { scheme, host, port } = sites.origins[destination];
    const screen = await terminal.open(destination);
    const banner = screen.page.locator('.banner:not([hidden])');
    await banner.waitFor({ timeout: 30000 });
    const said = await banner.innerText();
    const text = (await catalogueText(`refusal.${reason}`)).replace('{host}', host);
    assert.ok(said.includes(await catalogueText('viewer.failed')) && said.includes(text), said);
    await installation.recorded({ action: 'refusal', what: `${scheme}://${host}:${port} for ${destination}`, reason });
    await eventually(`an administrator sees it`, async () =>
      (await installation.shoji('destination', 'refused', destination)).some((entry) => entry.reason === reason));
    await screen.end();
    await installation.nothingOfSessions();
    await screen.page.close();
  });
}

test('a destination whose certificate comes from an authority of the settings', async () => {
  const screen = await terminal.open('vouched');
  await screen.waitForColour('00a050', { count: 100000, timeout: 30000 });
  await screen.end();
  await installation.nothingOfSessions();
  await screen.page.close();
});

test('a page that asks for all memory', async () => {
  const screen = await terminal.open('greedy');
  await assertEnded(screen.page, 'out_of_memory');
  await installation.recorded({ action: 'session_end', what: /^greedy /, reason: /^out_of_memory;/ });
  await installation.nothingOfSessions();
  await screen.page.close();
});

// The processes of one kind among a session's, as Chromium names them.
function chromiums(user, kind) {
  return readdirSync('/proc').filter((id) => {
    try {
      return new RegExp(`^Uid:\\s+${user}\\s`, 'm').test(readFileSync(`/proc/${id}/status`, 'utf8')) &&
        readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(`--type=${kind}`);
    } catch {
      return false;
    }
  }).map(Number);
}

test('a page whose process is killed comes back when it is loaded again', async () => {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  const user = /^Uid:\s+([0-9]+)/m.exec(readFileSync(`/proc/${installation.session().chromium}/status`, 'utf8'))[1];
  const renderers = chromiums(user, 'renderer');
  assert.ok(renderers.length > 0);
  for (const id of renderers) process.kill(id, 'SIGKILL');
  await eventually('the page is gone', async () => {
    const { data } = await screen.picture();
    return !data.includes(Buffer.from([0x1e, 0x6f, 0x5c, 0xff]));
  });
  await screen.page.locator('[data-action=reload]').click();
  await screen.waitForMarker();
  await screen.end();
  await screen.page.close();
});

test('an approval that ends', async () => {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  const other = await terminal.open('greedy');
  await sites.apply(installation, ['greedy']);
  await assertEnded(other.page, 'expired');
  await installation.recorded({ action: 'session_end', what: /^greedy /, reason: /policy\.expired/ });
  await terminal.page.reload();
  const refused = terminal.page.locator('.refused', { hasText: 'greedy' });
  await refused.waitFor();
  assert.ok((await refused.innerText()).includes(await catalogueText('policy.expired')));
  // Nobody else's screen is touched.
  await screen.page.locator('[data-action=reload]').click();
  await screen.waitForMarker();
  await screen.end();
  await installation.nothingOfSessions();
  await screen.page.close();
  await other.page.close();
});

test('a terminal that does not come back', async () => {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  const address = screen.page.url();
  await screen.page.goto('about:blank');
  await installation.recorded({ action: 'session_end', reason: /^its terminal did not come back;/ });
  await installation.nothingOfSessions();
  await screen.page.goto(address);
  await assertEnded(screen.page, 'unknown_session');
  await screen.page.close();
});
