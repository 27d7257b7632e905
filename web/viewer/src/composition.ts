// The terminal's own input method: it composes in a hidden text field at the caret's place, so that
// it shows its candidates there, and what it composes and decides goes to the session as text.
// Nothing that is pasted or dropped into the field passes: the clipboard is no channel.

import { clean, pieces, preeditOf, type Preedit } from './text_bytes.js';

export interface TextSink {
  preedit(preedit: Preedit): void;
  commit(text: Uint8Array): void;
  tap(code: string): void; // a key that a keyboard on glass reports as an edit
}

const edits: Record<string, string> = {
  insertLineBreak: 'Enter', insertParagraph: 'Enter', deleteContentBackward: 'Backspace',
  deleteContentForward: 'Delete',
};
// What an input method or the system types without composing.
const typed = new Set(['insertText', 'insertReplacementText']);
const nothing: Preedit = { bytes: new Uint8Array(), begin: 0, end: 0 };

export class Composition {
  composing = false;

  constructor(private readonly field: HTMLTextAreaElement, private readonly sink: TextSink) {
    field.addEventListener('compositionstart', () => this.start());
    field.addEventListener('compositionend', (event) => this.finish(event.data));
    field.addEventListener('beforeinput', (event) => this.before(event));
    field.addEventListener('input', (event) => this.input(event as InputEvent));
    document.addEventListener('selectionchange', () => this.moved());
    for (const name of ['paste', 'drop', 'copy', 'cut'] as const) {
      field.addEventListener(name, (event) => event.preventDefault());
    }
  }

  // Text that a key meant: in pieces that fit a message.
  commit(text: string): void {
    for (const piece of pieces(clean(text, true))) this.sink.commit(piece);
  }

  private start(): void {
    this.composing = true;
    this.field.value = '';
  }

  private finish(text: string): void {
    if (!this.composing) return;
    this.composing = false;
    if (text === '') this.sink.preedit(nothing);
    else this.commit(text);
    // The field still belongs to the input method until this event is over.
    setTimeout(() => { if (!this.composing) this.field.value = ''; });
  }

  private before(event: InputEvent): void {
    if (this.composing || event.isComposing) return;
    const code = edits[event.inputType];
    if (code !== undefined) this.sink.tap(code);
    if (!typed.has(event.inputType) && !event.inputType.includes('omposition')) event.preventDefault();
  }

  private input(event: InputEvent): void {
    if (this.composing) {
      this.show();
      return;
    }
    if (typed.has(event.inputType) && event.data !== null) this.commit(event.data);
    if (!event.isComposing) this.field.value = '';
  }

  // The cursor moved within the composition.
  private moved(): void {
    if (this.composing && document.activeElement === this.field) this.show();
  }

  private last = '';
  private show(): void {
    const { value, selectionStart, selectionEnd } = this.field;
    const now = JSON.stringify([value, selectionStart, selectionEnd]);
    if (now === this.last) return;
    this.last = now;
    this.sink.preedit(preeditOf(value, selectionStart, selectionEnd));
  }
}
