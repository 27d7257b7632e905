// The page: one session, its link, and what shows them.

import { element } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import { withTicket, type Address } from './address.js';
import { Canvas } from './canvas.js';
import { Link, type Surroundings } from './link.js';
import { askToEnd, Banner, Cover, showHelp, showRefusals } from './panels.js';
import { Refusals } from './refusals.js';
import { Session, type Refusal, type State } from './session.js';
import { Stage } from './stage.js';
import { Toolbar } from './toolbar.js';
import * as wire from './wire.js';

// What is blocked so long after the user pressed something is told at once, and what a listed site itself
// fails in when it first does. The rest is only counted: pages ask for much that nobody misses.
const attention = 3000; // milliseconds
const pressing = new Set(['Enter', 'NumpadEnter', 'Space', 'F5']);
// Endings after which the same ticket may still serve.
const worthAnother = new Set(['ended.protocol']);

export class Viewer {
  private readonly link: Link;
  private readonly session: Session;
  private readonly stage: Stage;
  private readonly canvas: Canvas;
  private readonly toolbar: Toolbar;
  private readonly cover: Cover;
  private readonly banner: Banner;
  private readonly refusals = new Refusals();
  private frames = 0;
  private state: State = 'connecting';
  private pageSeen = false; // the browser has shown something; before, the screen is black
  private ending = false; // the user wants it, though the line may be down just now
  private lastAction = -attention;

  constructor(private readonly texts: Texts, private readonly address: Address, around: Surroundings) {
    const name = address.name || texts.say('viewer.no_name');
    this.stage = new Stage({
      send: (bytes, droppable) => { this.link.send(bytes, droppable); },
      leave: () => this.toolbar.focus(),
      resized: () => this.canvas.fit(),
    }, address.layout);
    this.canvas = new Canvas(this.stage.canvas);
    this.toolbar = this.makeToolbar(name);
    this.cover = new Cover(texts, () => this.link.hurry());
    this.banner = new Banner(texts, () => this.showRefusals(), () => this.stage.focus());
    this.session = this.makeSession();
    this.link = this.makeLink(around);
    this.build(name);
  }

  start(): void {
    this.stage.measure();
    this.session.begin();
    if (this.address.ticket === '') this.session.end('ended.no_ticket');
    else this.link.start(this.address.ticket);
  }

  private build(name: string): void {
    const { say } = this.texts;
    document.title = say('viewer.title', { name });
    document.documentElement.lang = this.texts.language;
    const hint = element('p', { class: 'unseen', id: 'leave-hint' }, say('viewer.leave_hint'));
    this.stage.label(say('viewer.screen', { name }), say('viewer.input'));
    this.stage.canvas.setAttribute('aria-describedby', hint.id);
    this.stage.root.append(hint, this.cover.root, this.banner.root);
    document.body.replaceChildren(this.toolbar.root, this.stage.root);
    const acted = (event: Event): void => {
      if (!this.banner.root.contains(event.target as Node)) this.lastAction = performance.now();
    };
    this.stage.root.addEventListener('pointerup', acted, { capture: true });
    this.stage.root.addEventListener('keydown', (event) => { if (pressing.has(event.code)) acted(event); }, { capture: true });
    document.addEventListener('fullscreenchange', () => this.toolbar.setFullScreen(document.fullscreenElement !== null));
    window.addEventListener('online', () => this.link.hurry());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.link.hurry(); });
  }

  private makeToolbar(name: string): Toolbar {
    return new Toolbar(this.texts, name, {
      command: (which) => {
        this.lastAction = performance.now();
        this.link.send(wire.command(which));
        this.stage.focus();
      },
      toggleFullScreen: () => { void this.toggleFullScreen(); },
      showRefusals: () => this.showRefusals(),
      showHelp: () => showHelp(this.texts),
      end: () => askToEnd(this.texts, () => this.endSession()),
      leave: () => this.stage.focus(),
    });
  }

  private makeSession(): Session {
    return new Session({
      state: (state) => this.showState(state),
      ended: (why) => this.showEnd(why),
      ticket: (ticket) => this.keepTicket(ticket),
      draw: (picture, changed) => {
        this.canvas.draw(picture, changed);
        this.stage.canvas.dataset['frames'] = String(++this.frames);
        if (this.frames > 1) this.uncover();
      },
      cursor: (shape) => this.canvas.cursor(shape),
      caret: (area) => this.stage.setCaret(area),
      textInput: (enabled, purpose) => this.stage.setTextInput(enabled, purpose),
      windows: (count, fullScreen) => {
        this.toolbar.setWindows(count, fullScreen);
        if (count > 0) this.uncover();
      },
      refused: (refusal) => this.addRefusal(refusal),
      latency: (milliseconds) => {
        this.toolbar.setLatency(milliseconds);
        this.stage.canvas.dataset['latency'] = milliseconds.toFixed(1);
      },
      greeted: () => {
        this.stage.greeted();
        if (this.ending) this.link.send(wire.end());
      },
    }, () => performance.now());
  }

  private makeLink(around: Surroundings): Link {
    return new Link(around, {
      opened: () => this.session.opened((bytes) => { this.link.send(bytes); }, this.stage.currentSize,
                                        this.stage.currentLayout),
      received: (bytes) => { if (!this.session.received(bytes)) this.link.stop(); },
      textReceived: () => {
        this.session.end('ended.protocol');
        this.link.stop();
      },
      broken: () => this.session.broken(),
      refused: () => this.session.end('ended.gone'),
      pingDue: () => this.session.ping(),
    });
  }

  private showState(state: State): void {
    this.stage.canvas.dataset['state'] = state;
    this.toolbar.setState(state);
    this.state = state;
    this.cover.show(state === 'connected' && !this.pageSeen ? 'waiting' : state);
  }

  private uncover(): void {
    if (this.pageSeen) return;
    this.pageSeen = true;
    this.showState(this.state);
  }

  private showEnd(why: string): void {
    this.banner.hide();
    document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
    const again = worthAnother.has(why) ? () => {
      this.session.begin();
      this.link.start(this.link.ticket);
    } : undefined;
    if (again === undefined) this.keepTicket('');
    this.cover.showEnd(why, again);
  }

  private endSession(): void {
    this.ending = true;
    this.link.send(wire.end());
  }

  private keepTicket(ticket: string): void {
    this.link.ticket = ticket;
    history.replaceState(null, '', withTicket(location.hash, ticket));
  }

  private addRefusal(refusal: Refusal): void {
    const entry = this.refusals.add(refusal);
    this.toolbar.setRefusals(this.refusals.size);
    const first = entry.times === refusal.times;
    if ((entry.failed && first) || performance.now() - this.lastAction < attention) this.banner.show(entry);
  }

  private showRefusals(): void {
    this.banner.hide();
    showRefusals(this.texts, this.refusals.list());
  }

  private async toggleFullScreen(): Promise<void> {
    try {
      if (document.fullscreenElement === null) await document.documentElement.requestFullscreen();
      else await document.exitFullscreen();
    } catch (error) {
      console.warn(error); // the browser or its administrator does not allow it
    }
    this.stage.focus();
  }
}
