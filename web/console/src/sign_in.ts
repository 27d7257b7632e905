// Sign-in: user name and password, then the code.

import { element } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import type { Api, Failure, Next } from './api.js';
import { field, form, showPasswords } from './form.js';
import { code as codeOf, userName } from './input.js';

export interface SignInEvents {
  signedIn(): void; // or to be enrolled: the state says which
}

// `notice`: a key of the catalogue, why the user has to sign in again.
export function signInView(texts: Texts, api: Api, events: SignInEvents, notice?: string): HTMLElement {
  const { say } = texts;
  const user = field(texts, 'console.user', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: '64' });
  const password = field(texts, 'console.password', { type: 'password', autocomplete: 'current-password', maxlength: '256' });
  const view = element('section', { class: 'sheet', 'data-testid': 'sign-in' });
  const signIn = form(texts, [user, password],
    [user.root, password.root, showPasswords(texts, password), element('p', { class: 'hint' }, say('console.forgotten'))],
    'console.next', async () => {
      const answer = await api.signIn(userName(user.input.value), password.input.value);
      if ('failure' in answer) return again(answer.failure, () => password.input.select());
      proceed(answer.value);
      return undefined;
    });
  const proceed = (next: Next): void => {
    if (next === 'code') askForCode();
    else events.signedIn();
  };
  const showFirst = (): void => {
    view.replaceChildren(element('h1', {}, say('console.sign_in')), element('p', {}, say('console.tagline')), signIn.root);
    user.input.focus();
  };
  const askForCode = (): void => {
    view.replaceChildren(...codeStep(texts, api, userName(user.input.value), password.input.value, proceed, () => {
      password.input.value = '';
      showFirst();
    }));
    view.querySelector('input')!.focus();
  };
  showFirst();
  if (notice !== undefined) signIn.complain(say(notice));
  return view;
}

function again(failure: Failure, select: () => void): Failure {
  setTimeout(select);
  return failure;
}

export const codeAttributes = { autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: '8', class: 'code' };

function codeStep(texts: Texts, api: Api, user: string, password: string, proceed: (next: Next) => void,
                  back: () => void): Node[] {
  const { say } = texts;
  const code = field(texts, 'console.code', codeAttributes, 'console.code_hint');
  const made = form(texts, [code], [code.root], 'console.sign_in', async () => {
    const digits = codeOf(code.input.value);
    if (digits === undefined) return again({ error: 'console.code_form', values: {} }, () => code.input.select());
    const answer = await api.signIn(user, password, digits);
    if ('failure' in answer) return again(answer.failure, () => code.input.select());
    proceed(answer.value);
    return undefined;
  });
  made.root.querySelector('.choices')!.append(element('button', { type: 'button', click: back }, say('console.back')));
  return [element('h1', {}, say('console.code_title')), made.root];
}
