// A terminal: a real Chromium of its own that signs in at the console and opens a destination.
import { readdir, readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

import { Screen } from './screen.mjs';
import { currentStep, totpAt } from './totp.mjs';

export const executablePath = '/usr/bin/chromium';

// The one-time password comes by standard input, a line.
export async function readPassword() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return text.split('\n')[0].trim();
}

export class Terminal {
  // `options` are Playwright's for a context: viewport, deviceScaleFactor, clientCertificates, locale …
  static async launch(address, options = {}) {
    // As root Chromium's own sandbox refuses to start; this browser is the tester's, not the tested one.
    const browser = await chromium.launch({ executablePath, chromiumSandbox: false,
      ignoreDefaultArgs: ['--hide-scrollbars'], args: [
      '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
    return Terminal.in(browser, address, options);
  }

  static async in(browser, address, options) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP',
      ignoreHTTPSErrors: true, ...options });
    return Object.assign(new Terminal(), { browser, context, address, options, page: await context.newPage() });
  }

  // The same user in the same browser with another display: `options` instead of those that it had.
  async another(options) {
    const storageState = await this.context.storageState();
    const terminal = await Terminal.in(this.browser, this.address, { ...this.options, ...options, storageState });
    await terminal.page.goto(this.address);
    await terminal.page.getByTestId('sites').waitFor();
    return terminal;
  }

  async close() {
    await this.browser.close();
  }

  field(name) {
    return this.page.locator(`input[name=${name}]`);
  }

  async submit() {
    await this.page.locator('form button[type=submit]').click();
  }

  async enterPassword(user, password) {
    await this.page.goto(this.address);
    await this.field('user').fill(user);
    await this.field('password').fill(password);
    await this.submit();
  }

  // The first sign-in of a user with a one-time password: chooses a password and registers the second
  // factor. Remembers both for later sign-ins.
  async enrol(user, oneTimePassword, newPassword) {
    await this.enterPassword(user, oneTimePassword);
    await this.field('new_password').fill(newPassword);
    await this.field('new_password_again').fill(newPassword);
    await this.submit();
    const secret = await this.page.getByTestId('secret').textContent();
    this.account = { user, password: newPassword, secret, step: currentStep() };
    await this.field('code').fill(totpAt(secret, this.account.step));
    await this.submit();
    await this.page.getByTestId('sites').waitFor();
  }

  // A code serves once, so that this waits for the next step where the last one was used.
  async signIn(account = this.account) {
    while (currentStep() <= account.step) await new Promise((resolve) => setTimeout(resolve, 500));
    account.step = currentStep();
    await this.enterPassword(account.user, account.password);
    await this.field('code').fill(totpAt(account.secret, account.step));
    await this.submit();
    await this.page.getByTestId('sites').waitFor();
  }

  // Gives the Screen of a session that another connection had.
  async resume(ticket) {
    const screen = new Screen(await this.context.newPage());
    await screen.page.goto(new URL(`/screen/#ticket=${ticket}&locale=ja&layout=jp`, this.address).href);
    await screen.canvas.waitFor();
    return screen;
  }

  // Gives the Screen of a new tab.
  async open(destination) {
    const opened = this.context.waitForEvent('page');
    await this.page.locator(`[data-destination="${destination}"]`).click();
    const page = await opened;
    const screen = new Screen(page);
    await screen.canvas.waitFor();
    return screen;
  }
}

export async function catalogueText(key, language = 'ja') {
  const folder = new URL('../../src/core/text/catalogue/', import.meta.url);
  for (const file of await readdir(folder)) {
    const entry = JSON.parse(await readFile(new URL(file, folder), 'utf8'))[key];
    if (entry) return entry[language];
  }
  throw new Error(`the catalogue has no ${key}`);
}
