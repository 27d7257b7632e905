// What lies over the screen at times: the cover while there is no picture to trust, the banner and
// the list of what was blocked, the question before the end, the keyboard help.

import { element, icon } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import { icons } from './icons.js';
import type { Entry } from './refusals.js';
import type { State } from './session.js';

// Covers the stage unless the screen is connected.
export class Cover {
  readonly root = element('div', { class: 'cover', 'data-testid': 'cover' });

  constructor(private readonly texts: Texts, private readonly retryNow: () => void) {}

  show(state: State): void {
    this.root.hidden = state === 'connected';
    this.root.classList.toggle('clear', state === 'reconnecting');
    if (state === 'ended' || state === 'connected') return;
    const { say } = this.texts;
    this.root.replaceChildren(element('div', { class: 'card', role: 'status' },
      element('span', { class: 'spinner', 'aria-hidden': 'true' }),
      element('p', {}, say(`viewer.${state}`)),
      state === 'reconnecting' && element('button', { type: 'button', click: this.retryNow }, say('viewer.retry_now'))));
  }

  // `again` is offered where another attempt may help.
  showEnd(why: string, again: (() => void) | undefined): void {
    const { say } = this.texts;
    const title = element('h2', { tabindex: -1 }, say('viewer.ended.title'));
    this.root.hidden = false;
    this.root.classList.remove('clear');
    this.root.replaceChildren(element('div', { class: 'card', 'data-testid': 'ended', 'data-reason': why },
      title, element('p', {}, say(why)),
      element('p', { class: 'choices' },
        element('a', { class: 'button primary', href: '/' }, say('viewer.ended.back')),
        again !== undefined && element('button', { type: 'button', click: again }, say('viewer.ended.retry')))));
    title.focus();
  }
}

const bannerTime = 20000; // milliseconds; the list keeps it

// Says that something was blocked, without taking the focus.
export class Banner {
  readonly root = element('div', { class: 'banner', role: 'status', 'aria-live': 'polite', hidden: true });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly texts: Texts, private readonly details: () => void, private readonly dismissed: () => void) {
    this.root.addEventListener('pointerenter', () => clearTimeout(this.timer));
    this.root.addEventListener('focusin', () => clearTimeout(this.timer));
    this.root.addEventListener('pointerleave', () => this.wait());
    this.root.addEventListener('focusout', () => this.wait());
  }

  show(entry: Entry): void {
    const { say } = this.texts;
    this.root.replaceChildren(icon(icons.why),
      element('p', {}, element('strong', {}, say(entry.failed ? 'viewer.failed' : 'viewer.blocked')), ' ',
        say(entry.message, { host: entry.host || say('viewer.why.no_host') })),
      element('button', { type: 'button', click: () => { this.hide(); this.details(); } }, say('viewer.blocked.why')),
      element('button', { type: 'button', class: 'bare', 'aria-label': say('viewer.close'),
        click: () => { this.hide(); this.dismissed(); } }, icon(icons.close)));
    this.root.hidden = false;
    this.wait();
  }

  hide(): void {
    clearTimeout(this.timer);
    this.root.hidden = true;
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), bannerTime);
  }
}

// A dialog of the page; the browser keeps the focus inside, closes it on Escape and gives the focus
// back.
function dialog(texts: Texts, title: string, ...content: (Node | string)[]): HTMLDialogElement {
  const heading = element('h2', { id: `${title}.heading` }, texts.say(title));
  const made = element('dialog', { 'aria-labelledby': heading.id, close: () => made.remove() }, heading, ...content);
  document.body.append(made);
  made.showModal();
  return made;
}

// No form of method 'dialog': the page is in a sandbox, where forms do nothing.
function closeButton(texts: Texts): HTMLElement {
  const button = element('button', { type: 'button', class: 'primary', autofocus: true,
    click: () => button.closest('dialog')?.close() }, texts.say('viewer.close'));
  return element('p', { class: 'choices' }, button);
}

export function showRefusals(texts: Texts, entries: readonly Entry[]): void {
  const { say } = texts;
  const list = element('ul', { class: 'refusals', 'data-testid': 'refusals' }, ...entries.map((entry) =>
    element('li', {},
      element('p', { class: 'place' }, element('code', {}, entry.place || say('viewer.why.no_host')),
        element('span', {}, entry.times === 1 ? say('viewer.why.once') : say('viewer.why.times', { times: entry.times }))),
      element('p', {}, say(entry.message, { host: entry.host || say('viewer.why.no_host') })))));
  dialog(texts, 'viewer.why.title',
    element('p', {}, say(entries.length === 0 ? 'viewer.why.none' : 'viewer.why.intro')), list,
    // The session does not learn of these: Chromium stops them by itself and tells nobody.
    element('p', {}, say('viewer.why.always')), closeButton(texts));
}

export function showHelp(texts: Texts): void {
  dialog(texts, 'viewer.help.title', ...['viewer.help.keys', 'viewer.help.japanese', 'viewer.leave_hint',
    'viewer.help.clipboard'].map((key) => element('p', {}, texts.say(key))), closeButton(texts));
}

export function askToEnd(texts: Texts, end: () => void): void {
  const { say } = texts;
  const asked = dialog(texts, 'viewer.end.title', element('p', {}, say('viewer.end.text')),
    element('p', { class: 'choices' },
      element('button', { type: 'button', autofocus: true, click: () => asked.close() }, say('viewer.end.no')),
      element('button', { type: 'button', class: 'primary', 'data-action': 'end_now',
        click: () => { asked.close(); end(); } }, say('viewer.end.yes'))));
}
