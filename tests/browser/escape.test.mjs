// The session tries to get out, and fails: what a page does by itself, what it does when its user clicks,
// what its user does with keys. Judged from outside the session. The same acts in an ordinary browser
// succeed where that can be arranged, so that it is Shoji that stops them.
// That a server is refused whose TLS name is another: src/screen/egress/proxy_test.cpp.
//   node escape.test.mjs --address https://localhost:8443/ --demo-port N --state DIR < one-time password
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { demo, demoPort, eventually, forbiddenPort, journal, options, seenByForbidden, shoji }
  from './installation.mjs';
import { browserOf, countVisitors, filesUnder, listenForPackets, networkCounter, networkInterfaces, writtenFiles }
  from './outside.mjs';
import { markerColours } from './screen.mjs';
import { executablePath, readPassword, Terminal } from './terminal.mjs';

// Where the forbidden server is by other names of its address. Of these an ordinary browser makes 127.0.0.1.
const spellings = { decimal: '2130706433', hexadecimal: '0x7f000001', short: '127.1' };
const gatewayPort = Number(new URL(options.address).port);
// By what a page does without its user's help, the paths at which the forbidden server sees it.
const silent = ['/beacon', '/fetch', '/frame', '/picture', '/prefetch', '/redirected', '/script', '/socket', '/style',
  ...Object.keys(spellings).map((name) => `/${name}`)];
let packets;
let terminalNetwork;
let neighbour;
let terminal;
let ownPage;  // of the terminal, besides the screen
let screen;
let browser;  // a process id
let top;  // of the marker
let baseline;

const reports = async () => (await fetch(`${demo}/reports`)).json();
const reported = (name) => eventually(async () => name in await reports(), `the page reports: ${name}`);
const windows = () => screen.page.locator('[data-action=close_window]').evaluate((button) => (button.hidden ? 1 : 2));

async function outcomeOf(name) {
  await reported(name);
  return (await reports())[name];
}

async function nothingOutside() {
  assert.deepEqual(await seenByForbidden(), baseline.seen, 'somebody reached the forbidden server');
  assert.equal(packets.packets, baseline.packets, 'a UDP packet arrived');
  assert.equal(terminalNetwork.visitors, 0, 'the terminals\' network was reached');
}

// The neighbour is a listed address in the same place as the terminals' network.
async function arrange() {
  packets = await listenForPackets(forbiddenPort);
  terminalNetwork = await countVisitors('127.0.0.9');
  neighbour = await countVisitors('127.0.0.8');
  const origin = (address, port) => `{ scheme = "http", host = "${address}", port = ${port}, internal = true }`;
  const file = `${options.state}/escape.toml`;
  writeFileSync(file, readFileSync(`${options.state}/demo.toml`, 'utf8').replace(/^origins = \[(.*)\]$/m,
    `origins = [$1, ${origin('127.0.0.9', terminalNetwork.port)}, ${origin('127.0.0.8', neighbour.port)}]`));
  await shoji('apply', file, '--yes');
  const targets = [
    ...Object.entries(spellings).map(([name, host]) => ({ name: `${name} address`,
      url: `http://${host}:${forbiddenPort}/${name}` })),
    { name: 'IPv6 address', url: `http://[::1]:${forbiddenPort}/` },
    { name: 'IPv4 address in IPv6', url: `http://[::ffff:127.0.0.1]:${forbiddenPort}/mapped` },
    { name: 'name that is unknown', url: 'http://unknown.invalid/' },
    { name: 'gateway by name', url: `https://localhost:${gatewayPort}/` },
    { name: 'gateway by address', url: `https://127.0.0.1:${gatewayPort}/` },
    { name: 'terminal network', url: `http://127.0.0.9:${terminalNetwork.port}/` },
    { name: 'listed neighbour', url: `http://127.0.0.8:${neighbour.port}/` },
  ];
  await fetch(`${demo}/targets`, { method: 'PUT', body: JSON.stringify(targets) });
}

before(async () => {
  const password = await readPassword();
  await arrange();
  terminal = await Terminal.launch(options.address, { viewport: { width: 1280, height: 1000 } });
  await terminal.enrol('staff', password, 'さくらの咲く丘で 2026');
  // The gateway's own pages may not touch the clipboard; another page in the terminal's browser may.
  ownPage = await terminal.context.newPage();
  await terminal.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: demo });
  await ownPage.goto(`${demo}/idle`);
  await ownPage.evaluate(() => navigator.clipboard.writeText('x'));
  await terminal.page.bringToFront();
});

after(async () => {
  await terminal?.close();
  for (const listener of [packets, terminalNetwork, neighbour]) listener?.close();
});

test('an ordinary browser does what the session must not', async () => {
  const ordinary = await chromium.launch({ executablePath, chromiumSandbox: false,
    args: ['--allow-loopback-in-peer-connection'] });
  try {
    const context = await ordinary.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    await context.route(({ hostname }) => !/^(localhost|127[.0-9]*|\[.*\])$/.test(hostname), (route) => route.abort());
    await (await context.newPage()).goto(`${demo}/escapes`);
    await eventually(async () => 'finished' in await reports(), 'the page comes to its end');
    const tried = Object.keys(await reports());
    const seen = await seenByForbidden();
    for (const path of silent) assert.ok(seen.includes(path), `${path} reaches the forbidden server`);
    assert.ok(packets.packets > 0, 'WebRTC sends a packet');
    assert.match((await reports())['terminal network'], /^passed/);
    await clickInOrdinary(await context.newPage());
    baseline = { tried };
  } finally {
    await ordinary.close();
  }
  // Not before: until it is closed it asks for icons and the like.
  baseline = { ...baseline, seen: await seenByForbidden(), packets: packets.packets };
  terminalNetwork.visitors = 0;
  neighbour.visitors = 0;
  await fetch(`${demo}/reports`, { method: 'DELETE' });
});

async function clickInOrdinary(page) {
  await page.goto(`${demo}/escapes#clicks`);
  await page.locator('#clipboard').click();
  assert.match(await outcomeOf('read the clipboard'), /^passed: read:escaped/);
  await Promise.all([page.waitForEvent('filechooser'), page.locator('label[for=file]').click()]);
  await page.goto(`${demo}/links`);
  await Promise.all([page.waitForEvent('download'), page.locator('a[href="/download"]').click()]);
  await page.locator('form button').click();
  await eventually(async () => (await seenByForbidden()).includes('/posted'), 'the form arrives');
}

test('what a page does by itself', async (context) => {
  screen = await terminal.open('demo');
  top = (await screen.waitForMarker()).y;
  browser = browserOf(demo);
  await screen.clickColour('5c5c5c');
  await screen.waitForColour('00a000', { count: 4000, timeout: 120000 });
  await reported('finished');
  const { 'listed neighbour': neighbours, ...others } = await reports();
  assert.match(neighbours, /^passed/, 'a listed address beside the terminals\' network is reached');
  assert.ok(neighbour.visitors > 0);
  assert.deepEqual(Object.keys(await reports()), baseline.tried, 'each act was tried here too');
  for (const [name, outcome] of Object.entries(others)) {
    await context.test(name, () => assert.equal(outcome, 'blocked'));
  }
  await nothingOutside();
});

test('what a page does when its user clicks', async (context) => {
  for (const [colour, done, names] of [['c01010', '0060a0', ['read the clipboard']],
    ['c02011', 'a06000', ['pick a file', 'pick a folder']]]) {
    await screen.clickColour(colour);
    await screen.waitForColour(done, { count: 4000 });
    for (const name of names) await context.test(name, async () => assert.equal(await outcomeOf(name), 'blocked'));
  }
  // The browser answers the page at once that its user has chosen nothing.
  await screen.clickColour('c04013');
  assert.equal(await outcomeOf('file input'), 'blocked');
  assert.equal(await windows(), 1);
  // The bar in which the browser says so moves the page, at times just before the click.
  await eventually(async () => {
    await screen.clickColour('c03012');
    return screen.waitForColour('6000a0', { count: 4000, timeout: 2000 }).then(() => true, () => false);
  }, 'the page has tried to open windows');
  assert.equal(await windows(), 1);
  await nothingOutside();
});

// Each leads to a page of the browser's own that says no, and the user comes back from it.
test('links, a redirect and a form to what is not allowed', async (context) => {
  await screen.clickColour('b5651d');
  await screen.waitForColour('b00020');
  // The bar in which the browser said that files are not to be chosen goes with its page.
  await eventually(async () => (await screen.waitForMarker()).y === top, 'the page stands where it stood');
  const ways = [['b00020', `localhost:${forbiddenPort}`], ['b01021', 'www.example.org'],
    ['b02022', `127.0.0.1:${demoPort}`], ['b03023', `localhost:${forbiddenPort}`], ['b04024', '169.254.169.254'],
    ['b05025', `localhost:${forbiddenPort}`]];
  for (const [colour, place] of ways) {
    await context.test(`${colour} ${place}`, async () => {
      await screen.clickColour(colour);
      await screen.waitForNoColour(colour);
      assert.match(await screen.refusalOf(place), /許可され/);
      await screen.page.locator('[data-action=back]').click();
      await screen.waitForColour(colour);
    });
  }
  await nothingOutside();
});

test('files, the browser\'s own pages, the source, a download and printing', async (context) => {
  for (const [colour, name] of [['b06026', 'file:'], ['b07027', 'view-source:'], ['b0a02a', 'chrome:'],
    ['b08028', 'download'], ['b09029', 'print']]) {
    await context.test(name, async () => {
      await screen.clickColour(colour);
      assert.equal(await windows(), 1);
    });
  }
  // The page is still there and listens: nothing lies over it, nothing stands in its place.
  await screen.clickColour('0b6e99');
  await screen.waitForColour('b0b0b0', { count: 4000 });
});

test('keys that would open something of the browser\'s', async () => {
  for (const key of ['n', 't', 'o', 's', 'p', 'j', 'h', 'l', 'd', 'Shift+n', 'Shift+t', 'Shift+i', 'Shift+j', 'Shift+c',
    'Shift+o', 'Shift+Delete', 'Shift+a', 'Shift+b']) {
    await screen.page.keyboard.press(`Control+${key}`);
  }
  for (const key of ['F1', 'F12', 'Shift+Escape', 'Alt+Home']) await screen.page.keyboard.press(key);
  // Pages use this one: where none does, the browser says that the source is not to be had.
  await screen.waitForMarker();
  await screen.page.keyboard.press('Control+u');
  await screen.waitForNoColour(markerColours[1]);
  await screen.page.keyboard.press('Escape');
  await screen.waitForMarker();
  await screen.page.keyboard.type('shoji');
  await screen.waitForColour('0000a0', { count: 4000 });
  assert.equal(await windows(), 1);
});

test('the clipboards of terminal and session know nothing of each other', async () => {
  // Inside the session what was cut is what is pasted, …
  await screen.page.keyboard.press('Control+a');
  await screen.page.keyboard.press('Control+x');
  await screen.waitForNoColour('0000a0');
  await screen.page.keyboard.press('Control+v');
  await screen.waitForColour('0000a0', { count: 4000 });
  // … and it stays there, as does what the page wrote when its user clicked.
  await ownPage.bringToFront();
  assert.equal(await ownPage.evaluate(() => navigator.clipboard.readText()), 'x');
  await screen.page.bringToFront();
});

test('nothing was left, sent or reached', async () => {
  await nothingOutside();
  const written = writtenFiles(browser);
  assert.ok(written.includes('Local State'), 'the files that the browser writes are seen');
  for (const name of [...written, ...filesUnder(options.state)]) {
    assert.doesNotMatch(name, /^escape\.bin|crdownload|\.tmp\.bin|^Unconfirmed/, 'a download');
  }
  assert.deepEqual(networkInterfaces(browser), ['lo']);
  assert.ok(networkCounter(browser, 'Tcp', 'ActiveOpens') > 0, 'the counters are those of the session');
  assert.equal(networkCounter(browser, 'Udp', 'OutDatagrams'), 0, 'no question to a name server, no media, no QUIC');
});

test('each refusal is told to the administrator and stands in the journal', async (context) => {
  const expected = [['localhost', forbiddenPort, 'not_listed'], ['127.0.0.1', demoPort, 'address_literal'],
    ['127.0.0.1', forbiddenPort, 'address_literal'], ['127.0.0.9', terminalNetwork.port, 'terminal_network'],
    ['169.254.169.254', 80, 'address_literal'], ['www.example.org', 443, 'not_listed'],
    ['unknown.invalid', 80, 'not_listed'], ['localhost', gatewayPort, 'not_listed'],
    ['127.0.0.1', gatewayPort, 'address_literal']];
  const told = (list, [host, port, reason]) => list.some((entry) => (
    entry.host === host && entry.port === port && entry.reason === reason));
  // The gateway writes refusals together, once a second.
  await eventually(async () => {
    const list = await shoji('destination', 'refused');
    return expected.every((one) => told(list, one));
  }, 'the administrator hears of each refusal');
  const records = (await journal()).filter(({ action }) => action === 'refusal');
  for (const [host, port] of expected) {
    await context.test(`${host}:${port}`, () => {
      assert.ok(records.some(({ what }) => what.includes(`${host}:${port}`)));
    });
  }
  await shoji('audit', 'verify');
});
