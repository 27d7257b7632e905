// Firefox through WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/), with as much of Playwright's form
// as Terminal and Screen use of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const program = '/usr/bin/firefox-esr';
const patience = 20000; // milliseconds
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export class Firefox {
  constructor(child, profile) {
    Object.assign(this, { child, profile, sent: 0, waiting: new Map(), opened: [] });
  }

  static async launch() {
    const profile = mkdtempSync('/tmp/shoji-firefox.');
    const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } });
    const firefox = new Firefox(child, profile);
    try {
      await firefox.connect(await addressOf(child));
      await firefox.ask('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
      await firefox.ask('session.subscribe', { events: ['browsingContext.contextCreated'] });
      const { contexts } = await firefox.ask('browsingContext.getTree', {});
      firefox.page = new FirefoxPage(firefox, contexts[0].context);
    } catch (error) {
      await firefox.close();
      throw error;
    }
    return firefox;
  }

  async connect(address) {
    this.socket = new WebSocket(`${address}/session`, { perMessageDeflate: false });
    this.socket.on('message', (data) => this.take(JSON.parse(data)));
    await once(this.socket, 'open');
  }

  take(message) {
    if (message.type === 'event') {
      if (message.method === 'browsingContext.contextCreated') this.opened.push(message.params);
      return;
    }
    const { resolve, reject } = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === 'success') resolve(message.result);
    else reject(new Error(`${message.error}: ${message.message}`));
  }

  ask(method, params) {
    this.sent += 1;
    const answered = new Promise((resolve, reject) => { this.waiting.set(this.sent, { resolve, reject }); });
    this.socket.send(JSON.stringify({ id: this.sent, method, params }));
    return answered;
  }

  // Playwright's context.waitForEvent('page'): the next tab.
  async waitForEvent() {
    this.opened.length = 0;
    for (const end = Date.now() + patience; Date.now() < end; await pause(50)) {
      const tab = this.opened.find(({ parent }) => parent === null);
      if (tab) return new FirefoxPage(this, tab.context);
    }
    throw new Error('no tab was opened');
  }

  async close() {
    const ended = this.child.exitCode === null ? once(this.child, 'exit') : undefined;
    this.socket?.terminate();
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.profile, { recursive: true, force: true });
  }
}

async function addressOf(child) {
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
    if (address) {
      child.stderr.resume();
      return address;
    }
  }
  throw new Error('Firefox ended without saying where it listens');
}

class FirefoxPage {
  constructor(firefox, context) {
    this.firefox = firefox;
    this.context = context;
    this.keyboard = { type: (text) => this.type(text) };
    this.mouse = { click: (x, y) => this.clickAt(x, y) };
  }

  ask(method, params) {
    return this.firefox.ask(method, { context: this.context, ...params });
  }

  async goto(url) {
    await this.ask('browsingContext.navigate', { url, wait: 'complete' });
  }

  locator(selector) {
    return new FirefoxLocator(this, selector);
  }

  getByTestId(id) {
    return this.locator(`[data-testid="${id}"]`);
  }

  // Functions and values go over as text; so they may use nothing from here.
  async evaluate(run, ...values) {
    const { type, result, exceptionDetails } = await this.firefox.ask('script.callFunction', {
      functionDeclaration: `async (text) => JSON.stringify(await (${run})(...JSON.parse(text)) ?? null)`,
      arguments: [{ type: 'string', value: JSON.stringify(values) }], awaitPromise: true,
      target: { context: this.context },
    });
    if (type === 'exception') throw new Error(exceptionDetails.text);
    return JSON.parse(result.value);
  }

  async type(text) {
    const actions = Array.from(text).flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
    await this.ask('input.performActions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  async clickAt(x, y) {
    const actions = [{ type: 'pointerMove', x: Math.round(x), y: Math.round(y) }, { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 }];
    await this.ask('input.performActions', { actions: [{ type: 'pointer', id: 'mouse', actions }] });
  }

  // A PNG, as Buffer.
  async screenshot() {
    const { data } = await this.ask('browsingContext.captureScreenshot', {});
    return Buffer.from(data, 'base64');
  }
}

class FirefoxLocator {
  constructor(page, selector) {
    this.page = page;
    this.selector = selector;
  }

  async waitFor() {
    for (const end = Date.now() + patience; Date.now() < end; await pause(50)) {
      const visible = (selector) => document.querySelector(selector)?.checkVisibility();
      if (await this.page.evaluate(visible, this.selector)) return;
    }
    throw new Error(`${this.selector} did not appear`);
  }

  async evaluate(run, value) {
    return this.page.evaluate(`(selector, value) => (${run})(document.querySelector(selector), value)`, this.selector,
      value ?? null);
  }

  async boundingBox() {
    return this.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    });
  }

  async textContent() {
    await this.waitFor();
    return this.evaluate((element) => element.textContent);
  }

  async click() {
    await this.waitFor();
    await this.evaluate((element) => { element.scrollIntoView({ block: 'center', behavior: 'instant' }); });
    const { x, y, width, height } = await this.boundingBox();
    await this.page.clickAt(x + width / 2, y + height / 2);
  }

  async fill(text) {
    await this.waitFor();
    await this.evaluate((element) => { element.focus(); });
    await this.page.type(text);
  }
}
