// The sites that the user may see: one press opens one.

import { element, icon } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import type { Api, Destination } from './api.js';
import { layout, setLayout, type Layout } from './settings.js';

const toolbarHeight = 44; // of the viewer, in the page's units
const limit = (value: number, low: number, high: number): number => Math.min(Math.max(Math.round(value), low), high);

// The screen's first size: what a tab beside this one will have for it. The viewer corrects it.
function expectedSize(): { width: number; height: number; scale: number } {
  const ratio = devicePixelRatio;
  return {
    width: limit(innerWidth * ratio, 64, 7680),
    height: limit((innerHeight - toolbarHeight) * ratio, 64, 7680),
    scale: limit(ratio * 120, 60, 480),
  };
}

// In a tab of its own and without a way back to this page: the viewer reads what sessions send.
function openTab(address: string): boolean {
  const { userActivation } = navigator as { userActivation?: { readonly isActive: boolean } };
  if (userActivation?.isActive === false) return false;
  window.open(address, '_blank', 'noopener');
  return true;
}

export interface SitesEvents {
  failed(error: string): boolean; // true when the page deals with it (the user is no longer signed in)
}

export function sitesView(texts: Texts, api: Api, sites: readonly Destination[], events: SitesEvents): HTMLElement {
  const { say, language } = texts;
  const allowed = sites.filter((site) => site.allowed);
  const refused = sites.filter((site) => !site.allowed);
  return element('section', { class: 'sites', 'data-testid': 'sites' },
    element('h1', {}, say('console.sites')),
    sites.length === 0 && element('p', {}, say('console.no_sites')),
    element('ul', {}, ...allowed.map((site) => element('li', {}, siteButton(texts, api, site, events)))),
    refused.length > 0 && element('h2', {}, say('console.not_allowed')),
    refused.length > 0 && element('ul', {}, ...refused.map((site) =>
      element('li', { class: 'refused' }, element('strong', {}, site.name[language]), element('p', {}, say(site.reason))))),
    keyboardChoice(texts));
}

function siteButton(texts: Texts, api: Api, site: Destination, events: SitesEvents): HTMLElement {
  const { say, language } = texts;
  const name = site.name[language];
  const note = element('span', { class: 'note' }, say('console.opens_in_tab'));
  const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
  const waiting = (on: boolean): void => {
    button.toggleAttribute('aria-busy', on);
    note.textContent = say(on ? 'console.opening' : 'console.opens_in_tab');
  };
  const open = async (): Promise<void> => {
    if (button.hasAttribute('aria-busy')) return;
    problem.hidden = true;
    waiting(true);
    const keyboard = await layout();
    const answer = await api.openScreen({ destination: site.id, ...expectedSize(), locale: language, layout: keyboard });
    waiting(false);
    if ('failure' in answer) {
      if (events.failed(answer.failure.error)) return;
      problem.textContent = say(answer.failure.error, answer.failure.values);
      problem.hidden = false;
      return;
    }
    const fields = new URLSearchParams({ ticket: answer.value, locale: language, destination: site.id, layout: keyboard, name });
    offer(`/screen/#${fields}`);
  };
  // Where the answer came too late for the browser to see the press behind it, it wants another.
  const offer = (address: string): void => {
    if (openTab(address)) return;
    const link = element('a', { class: 'button primary', href: address, target: '_blank', rel: 'noopener',
      click: () => { link.remove(); } }, say('console.open_now'));
    button.after(link);
    link.focus();
  };
  const button = element('button', { type: 'button', class: 'site', 'data-destination': site.id, click: () => { void open(); } },
    element('span', { class: 'words' }, element('strong', {}, name), note), icon('M9 5l7 7-7 7'));
  return element('div', {}, button, problem);
}

function keyboardChoice(texts: Texts): HTMLElement {
  const { say } = texts;
  const choice = element('select', { id: 'keyboard', change: () => setLayout(choice.value as Layout) },
    ...(['jp', 'us'] as const).map((which) => element('option', { value: which }, say(`console.keyboard.${which}`))));
  void layout().then((which) => { choice.value = which; });
  return element('p', { class: 'keyboard' }, element('label', { for: 'keyboard' }, say('console.keyboard')), choice);
}
