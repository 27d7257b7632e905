// Certificates that have run out, of a terminal and of the gateway, and a clock that is set back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { catalogueText, readPassword, Terminal } from '../terminal.mjs';
import { Installation, output } from './installation.mjs';

const installation = Installation.fromArguments();
const bin = new URL('../../../build/release/bin/', import.meta.url).pathname;
// Only what a program reads as the wall clock moves; what runs since the boot stays.
const earlier = ['env', 'LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1', 'FAKETIME=-3d', 'DONT_FAKE_MONOTONIC=1'];
let password;
let terminal;

before(async () => {
  password = await readPassword();
});

after(async () => {
  await terminal?.close();
  await installation.close();
});

test('a terminal whose certificate has expired', async () => {
  const file = `${installation.state}/desk.p12`;
  const enrolled = JSON.parse(await output(earlier[0], [...earlier.slice(1), `${bin}shoji`, '--state', installation.state,
    '--json', 'terminal', 'enrol', 'desk-1', '--zone', 'my-number', '--file', file, '--days', '1']));
  const old = await Terminal.launch(installation.address, { clientCertificates: [
    { origin: new URL(installation.address).origin, pfxPath: file, passphrase: enrolled.passphrase }] });
  try {
    await old.page.goto(installation.address);
    await old.page.getByText(await catalogueText('terminal.expired')).waitFor();
    await installation.recorded({ action: 'terminal', outcome: 'refused', reason: 'terminal.expired' });
  } finally {
    await old.close();
    rmSync(file);
  }
});

test('the gateway\'s own certificate has expired', async () => {
  const from = (await installation.journal()).length;
  const folder = `${installation.state}/gateway`;
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(earlier[0], [...earlier.slice(1), 'openssl', 'req', '-x509', '-key', `${folder}/tls.key`, '-days', '1',
    ...subject, '-out', `${folder}/tls.crt`], { stdio: 'ignore' });
  await installation.restart('shoji-gateway');
  assert.match(installation.log('shoji-gateway'), /certificate has expired.*shoji --state .* init/);
  const advice = await catalogueText('cli.status.certificate_expired');
  const status = await installation.said('status');
  assert.ok(status.includes(advice), status);
  await installation.recorded({ action: 'fault', who: 'shoji-gateway', what: 'certificate', reason: 'expired' }, from);
  // What is advised helps.
  await installation.said('init');
  await installation.restart('shoji-gateway');
  assert.ok(!(await installation.said('status')).includes(advice));
  terminal = await Terminal.launch(installation.address);
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
});

test('a clock that is set back while the journal does not run', async () => {
  const from = (await installation.journal()).length;
  await installation.kill('shoji-audit');
  await installation.start('shoji-audit', earlier);
  const notice = await installation.recorded({ kind: 'notice', event: 'clock_set_back' }, from);
  assert.match(notice.detail, /^2591[0-9]{2}\.|^259200\./);
  assert.match(await installation.said('audit', 'verify'), /改ざん・欠落・入れ替えはありません/);
  await installation.restart('shoji-audit');
  await installation.recorded({ kind: 'notice', event: 'clock_set_forward' }, from);
});

test('a clock that is set back while a screen is open', async () => {
  const screen = await terminal.open('demo');
  await screen.waitForMarker();
  await installation.kill('shoji-gateway');
  await installation.start('shoji-gateway', earlier);
  await screen.page.locator('canvas[data-testid=screen][data-state=connected]').waitFor({ timeout: 30000 });
  await screen.page.locator('[data-action=reload]').click();
  await screen.waitForMarker();
  await screen.end();
  await installation.nothingOfSessions();
  // A code of the true time is one of the future to this gateway: nobody signs in until its clock is right, and is told so.
  await terminal.page.getByText(await catalogueText('console.sign_out')).click();
  await terminal.enterPassword(terminal.account.user, terminal.account.password);
  const problem = terminal.page.getByTestId('problem');
  await problem.waitFor();
  assert.equal(await problem.innerText(), await catalogueText('sign_in.clock'));
  await installation.restart('shoji-gateway');
});
