// The toolbar: what the page offers beside the screen itself, and how the connection is.

import { element, icon } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import { icons, type IconName } from './icons.js';
import type { State } from './session.js';
import { Command } from './wire.js';

export interface ToolbarEvents {
  command(command: Command): void;
  toggleFullScreen(): void;
  showRefusals(): void;
  showHelp(): void;
  end(): void;
  leave(): void; // back to the screen
}

const stateIcons: Record<State, IconName> = {
  connecting: 'waiting', waiting: 'waiting', connected: 'connected', reconnecting: 'broken', ended: 'end',
};

export class Toolbar {
  readonly root: HTMLElement;
  private readonly state = element('span', { class: 'state', role: 'status', 'aria-live': 'polite' });
  private readonly latency = element('span', { class: 'latency' });
  private readonly count = element('span', { class: 'count', hidden: true });
  private readonly windows: HTMLButtonElement;
  private readonly pageFullScreen: HTMLButtonElement;
  private readonly fullScreen: HTMLButtonElement;
  private readonly first: HTMLButtonElement;
  private readonly endButton: HTMLButtonElement;
  private readonly sessionButtons: HTMLButtonElement[];

  constructor(private readonly texts: Texts, name: string, events: ToolbarEvents) {
    const { say } = texts;
    const command = (key: string, drawing: IconName, which: Command): HTMLButtonElement =>
      this.button(key, drawing, () => events.command(which));
    const back = command('viewer.back', 'back', Command.back);
    const forward = command('viewer.forward', 'forward', Command.forward);
    const reload = command('viewer.reload', 'reload', Command.reload);
    const smaller = command('viewer.zoom_out', 'zoomOut', Command.zoomOut);
    const reset = this.button('viewer.zoom_reset', undefined, () => events.command(Command.zoomReset), '100%');
    const larger = command('viewer.zoom_in', 'zoomIn', Command.zoomIn);
    this.pageFullScreen = command('viewer.leave_page_full_screen', 'leaveFullScreen', Command.leaveFullScreen);
    this.windows = command('viewer.close_window', 'closeWindow', Command.closeWindow);
    this.pageFullScreen.hidden = this.windows.hidden = true;
    this.fullScreen = this.button('viewer.full_screen', 'fullScreen', () => events.toggleFullScreen());
    const why = this.button('viewer.why', 'why', () => events.showRefusals(), say('viewer.why'));
    why.append(this.count);
    const end = this.button('viewer.end', 'end', () => events.end(), say('viewer.end'));
    end.classList.add('end');
    this.first = back;
    this.endButton = end;
    this.sessionButtons = [back, forward, reload, smaller, reset, larger];
    this.latency.title = say('viewer.latency_meaning');
    this.root = element('header', { class: 'toolbar' },
      element('div', { class: 'name', title: name }, element('span', { class: 'mark', 'aria-hidden': 'true' }),
        element('h1', {}, name)),
      element('nav', { class: 'group', 'aria-label': say('viewer.navigation') },
        back, forward, reload, this.windows, element('span', { class: 'rule' }), smaller, reset, larger,
        element('span', { class: 'rule' }), this.pageFullScreen, this.fullScreen,
        this.button('viewer.help', 'keyboard', () => events.showHelp())),
      element('div', { class: 'group status' }, this.state, this.latency, why, end));
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      events.leave();
    });
  }

  focus(): void {
    (this.first.disabled ? this.root.querySelector<HTMLElement>('button:not(:disabled)') : this.first)?.focus();
  }

  setState(state: State): void {
    this.state.replaceChildren(icon(icons[stateIcons[state]]), this.texts.say(`viewer.state.${state}`));
    this.state.dataset['state'] = state;
    for (const button of this.sessionButtons) button.disabled = state !== 'connected';
    this.endButton.disabled = state === 'connecting' || state === 'ended';
    this.endButton.hidden = state === 'ended';
    if (state !== 'connected') this.latency.textContent = '';
    if (state === 'ended') this.setWindows(0, false);
  }

  setLatency(milliseconds: number): void {
    this.latency.textContent = this.texts.say('viewer.latency', { ms: Math.max(1, Math.round(milliseconds)) });
  }

  setWindows(count: number, fullScreen: boolean): void {
    this.windows.hidden = count < 2;
    this.windows.title = `${this.texts.say('viewer.close_window')}\n${this.texts.say('viewer.windows', { count })}`;
    this.pageFullScreen.hidden = !fullScreen;
  }

  setFullScreen(on: boolean): void {
    const key = on ? 'viewer.leave_full_screen' : 'viewer.full_screen';
    this.fullScreen.title = this.texts.say(key);
    this.fullScreen.setAttribute('aria-label', this.texts.say(key));
    this.fullScreen.replaceChildren(icon(icons[on ? 'leaveFullScreen' : 'fullScreen']));
  }

  setRefusals(count: number): void {
    this.count.hidden = count === 0;
    this.count.textContent = count > 99 ? '99+' : String(count);
    this.count.setAttribute('aria-label', this.texts.say('viewer.why.count', { count }));
  }

  private button(key: string, drawing: IconName | undefined, click: () => void, words?: string): HTMLButtonElement {
    const label = this.texts.say(key);
    const name = key.replace(/^viewer\./, '');
    return element('button', { type: 'button', title: label, 'aria-label': label, 'data-action': name, click },
      drawing !== undefined && icon(icons[drawing]),
      words !== undefined && element('span', { class: 'words' }, words));
  }
}
