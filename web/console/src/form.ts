// A form of labelled fields, one message for what is wrong, and one button; the same for every step.

import { element } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import type { Failure } from './api.js';

export interface Field {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
}

let fields = 0;

export function field(texts: Texts, label: string, attributes: Record<string, string>, hint?: string): Field {
  const id = `field-${++fields}`;
  const input = element('input', { id, name: label.replace(/^console\./, ''), required: true, 'aria-required': 'true',
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`, ...attributes });
  const root = element('div', { class: 'field' },
    element('label', { for: id }, texts.say(label)), input,
    hint !== undefined && element('p', { class: 'hint', id: `${id}-hint` }, texts.say(hint)));
  return { root, input };
}

// A box that shows what is typed into the passwords.
export function showPasswords(texts: Texts, ...passwords: Field[]): HTMLElement {
  const box = element('input', { type: 'checkbox', change: () => {
    for (const { input } of passwords) input.type = box.checked ? 'text' : 'password';
  } });
  return element('label', { class: 'check' }, box, texts.say('console.show_password'));
}

export interface Form {
  readonly root: HTMLFormElement;
  complain(message: string, at?: Field): void;
}

// `submit` runs once at a time; what it gives is shown as the reason why it failed.
export function form(texts: Texts, fieldsOfForm: readonly Field[], content: readonly (Node | false)[], button: string,
                     submit: () => Promise<Failure | undefined>): Form {
  const { say } = texts;
  const problem = element('p', { class: 'problem', role: 'alert', hidden: true, 'data-testid': 'problem' });
  const go = element('button', { type: 'submit', class: 'primary' }, say(button));
  let busy = false;
  const complain = (message: string, at?: Field): void => {
    problem.textContent = message;
    problem.hidden = message === '';
    for (const one of fieldsOfForm) one.input.removeAttribute('aria-invalid');
    at?.input.setAttribute('aria-invalid', 'true');
    at?.input.focus();
  };
  const root = element('form', { novalidate: true, submit: (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const empty = fieldsOfForm.find(({ input }) => input.required && input.value.trim() === '');
    if (empty !== undefined) {
      complain(say('console.empty', { field: empty.root.querySelector('label')!.textContent! }), empty);
      return;
    }
    busy = true;
    go.textContent = say('console.working');
    complain('');
    void submit().then((failure) => {
      busy = false;
      go.textContent = say(button);
      if (failure !== undefined) complain(say(failure.error, failure.values));
    });
  } }, problem, ...content.filter((node) => node !== false), element('p', { class: 'choices' }, go));
  return { root, complain };
}
