// The console: what the gateway's state asks for is what is shown.

import { element } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import type { Api, Failure, State } from './api.js';
import { enrolView } from './enrol.js';
import { setLanguage } from './settings.js';
import { signInView } from './sign_in.js';
import { sitesView } from './sites.js';

export class App {
  private readonly main = element('main');
  private readonly header = element('header', { class: 'head' });

  constructor(private readonly texts: Texts, private readonly api: Api) {
    document.body.replaceChildren(this.header, this.main);
  }

  // Shows what is due; `notice` says why when it is not what the user expects.
  async load(notice?: string): Promise<void> {
    document.documentElement.lang = this.texts.language;
    document.title = this.texts.say('console.title');
    const state = await this.api.state();
    if ('failure' in state) {
      this.showHeader(undefined);
      this.showFailure(state.failure);
      return;
    }
    this.showHeader(state.value.signedIn ? state.value : undefined);
    if (!state.value.signedIn) {
      this.main.replaceChildren(signInView(this.texts, this.api, { signedIn: () => { void this.load(); } }, notice));
      this.main.querySelector('input')?.focus();
    } else if (state.value.mustEnrol) {
      this.main.replaceChildren(enrolView(this.texts, this.api, state.value.user, () => { void this.load(); }));
      this.main.querySelector('input')?.focus();
    } else {
      await this.showSites();
    }
  }

  private async showSites(): Promise<void> {
    const sites = await this.api.destinations();
    if ('failure' in sites) {
      if (!this.leave(sites.failure.error)) this.showFailure(sites.failure);
      return;
    }
    this.main.replaceChildren(sitesView(this.texts, this.api, sites.value, { failed: (error) => this.leave(error) }));
  }

  // Back to sign-in when that is what the gateway wants.
  private leave(error: string): boolean {
    if (error !== 'sign_in.required' && error !== 'sign_in.enrol_first') return false;
    void this.load(error);
    return true;
  }

  private showFailure(failure: Failure): void {
    const { say } = this.texts;
    this.main.replaceChildren(element('section', { class: 'sheet' },
      element('p', { class: 'problem', role: 'alert' }, say(failure.error, failure.values)),
      element('button', { type: 'button', class: 'primary', click: () => { void this.load(); } }, say('console.retry'))));
  }

  private showHeader(state: State | undefined): void {
    const { say, language } = this.texts;
    const other = language === 'ja' ? 'en' : 'ja';
    this.header.replaceChildren(
      element('p', { class: 'brand' }, element('span', { class: 'mark', 'aria-hidden': 'true' }), say('console.title')),
      element('div', { class: 'who' },
        state !== undefined && element('span', {}, say('console.signed_in_as', { user: state.user })),
        state !== undefined && state.zone !== '' && element('span', { class: 'zone' }, say('console.zone', { zone: state.zone })),
        element('button', { type: 'button', lang: other, 'aria-label': say('console.language_label'), click: () => {
          this.texts.language = other;
          setLanguage(other);
          void this.load();
        } }, say('console.language')),
        state !== undefined && element('button', { type: 'button', 'data-action': 'sign_out', click: () => { void this.signOut(); } },
          say('console.sign_out'))));
  }

  private async signOut(): Promise<void> {
    const answer = await this.api.signOut();
    if ('failure' in answer && !this.leave(answer.failure.error)) this.showFailure(answer.failure);
    else await this.load();
  }
}
