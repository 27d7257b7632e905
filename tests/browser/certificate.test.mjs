// A listener that demands a certificate of every terminal: who has none, or one of another authority, meets
// a page that says so; who has one works in the zone that it stands for, until it is revoked.
//   node certificate.test.mjs --address https://localhost:8443/ --demo-port N --state DIR < one-time password
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { eventually, journal, options, run, shoji } from './installation.mjs';
import { catalogueText, readPassword, Terminal } from './terminal.mjs';

const { origin } = new URL(options.address);
const folder = mkdtempSync(`${options.state}/certificates.`);
const refused = async (what) => (await journal()).some(({ action, outcome, reason }) => (
  action === 'terminal' && outcome === 'refused' && reason === what));
const launched = [];
let password;
let counter;
let screen;

// Gives Playwright's options for a terminal that shows the certificate of a PKCS #12 file.
function showing(file, passphrase) {
  return { clientCertificates: [{ origin, pfx: readFileSync(file), passphrase }] };
}

async function enrol(name, zone) {
  const file = `${folder}/${name}.p12`;
  const { passphrase } = await shoji('terminal', 'enrol', name, '--zone', zone, '--file', file);
  return showing(file, passphrase);
}

// A certificate that has the right form but that nobody here vouches for.
async function forge(name) {
  const [key, certificate, file] = ['key', 'crt', 'p12'].map((ending) => `${folder}/${name}.${ending}`);
  await run('openssl', ['req', '-batch', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '2', '-subj', `/CN=${name}`, '-addext', 'extendedKeyUsage=clientAuth', '-keyout', key,
    '-out', certificate]);
  await run('openssl', ['pkcs12', '-export', '-inkey', key, '-in', certificate, '-out', file, '-passout', 'stdin'],
    'forged\n');
  return showing(file, 'forged');
}

async function launch(settings) {
  const terminal = await Terminal.launch(options.address, settings);
  launched.push(terminal);
  return terminal;
}

async function meetsRefusal(terminal, key) {
  const answer = await terminal.page.goto(options.address);
  assert.equal(answer.status(), 403);
  assert.ok((await terminal.page.locator('main').innerText()).includes(await catalogueText(key)));
  assert.equal(await terminal.page.locator('form').count(), 0);
  await eventually(() => refused(key), `the journal says ${key}`);
}

before(async () => { password = await readPassword(); });

after(async () => {
  for (const terminal of launched) await terminal.close();
  rmSync(folder, { recursive: true });
});

test('a terminal without a certificate is refused', async () => {
  await meetsRefusal(await launch({}), 'terminal.certificate_required');
});

test('a certificate of another authority is refused', async () => {
  await meetsRefusal(await launch(await forge('window-1')), 'terminal.unknown');
});

test('an enrolled terminal signs in and opens what its zone may open', async () => {
  counter = await launch(await enrol('window-1', 'my-number'));
  await counter.enrol('staff', password, 'さくらの咲く丘で 2026');
  screen = await counter.open('demo');
  await screen.waitForMarker();
  const [session] = await shoji('session', 'list');
  assert.match(session.terminal, /^window-1 /);
  assert.equal(session.zone, 'my-number');
});

test('the same user at a terminal of another zone may not', async () => {
  const other = await launch(await enrol('archive-1', 'demonstration'));
  await other.signIn(counter.account);
  assert.equal(await other.page.locator('[data-destination]').count(), 0);
});

test('a revoked certificate is refused at once, and its screen ends', async () => {
  await shoji('terminal', 'revoke', 'window-1');
  await screen.page.getByTestId('ended').waitFor();
  assert.equal(await screen.page.getByTestId('ended').getAttribute('data-reason'), 'ended.terminal_revoked');
  await eventually(async () => (await shoji('session', 'list')).length === 0, 'the session is gone');
  await meetsRefusal(counter, 'terminal.revoked');
});

test('the other terminal goes on', async () => {
  const [, , , other] = launched;
  assert.equal((await other.page.goto(options.address)).status(), 200);
  await other.page.getByTestId('sites').waitFor();
});
