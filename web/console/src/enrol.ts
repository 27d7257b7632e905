// The first sign-in: a password of one's own, then an authenticator app.

import { element } from '../../shared/dom.js';
import type { Texts } from '../../shared/text.js';
import type { Api, Enrolment, Failure } from './api.js';
import { field, form, showPasswords } from './form.js';
import { code as codeOf, strengthOf } from './input.js';
import { qrCode } from './qr.js';
import { codeAttributes } from './sign_in.js';

export function enrolView(texts: Texts, api: Api, user: string, done: () => void): HTMLElement {
  const { say } = texts;
  const view = element('section', { class: 'sheet', 'data-testid': 'enrol' });
  const head = (step: number, title: string): Node[] => [
    element('h1', {}, say('console.enrol_title')),
    element('p', {}, say('console.enrol_intro')),
    element('h2', {}, element('span', { class: 'step' }, say('console.step', { step, steps: 2 })), say(title)),
  ];
  const focusFirst = (): void => view.querySelector<HTMLInputElement>('input')?.focus();
  const askForPassword = (failure?: Failure): void => {
    const step = passwordStep(texts, user, (password) => { void askForApp(password); });
    view.replaceChildren(...head(1, 'console.enrol_password'), step.root);
    focusFirst();
    if (failure !== undefined) step.complain(say(failure.error, failure.values));
  };
  const askForApp = async (password: string): Promise<void> => {
    const enrolment = await api.beginEnrolment();
    if ('failure' in enrolment) {
      askForPassword(enrolment.failure);
      return;
    }
    const step = appStep(texts, api, enrolment.value, password, done, askForPassword);
    view.replaceChildren(...head(2, 'console.enrol_app'), step);
    focusFirst();
  };
  askForPassword();
  return view;
}

function passwordStep(texts: Texts, user: string, next: (password: string) => void): ReturnType<typeof form> {
  const { say } = texts;
  const attributes = { type: 'password', autocomplete: 'new-password', maxlength: '256' };
  const password = field(texts, 'console.new_password', attributes, 'console.password_hint');
  const again = field(texts, 'console.new_password_again', attributes);
  const words = element('span', { 'aria-live': 'polite' });
  const meter = element('meter', { min: 0, max: 3, low: 2, high: 3, optimum: 3, value: 0, 'aria-hidden': 'true' });
  const strength = element('p', { class: 'strength', hidden: true }, meter, words);
  password.input.addEventListener('input', () => {
    const { level, missing } = strengthOf(password.input.value, user);
    strength.hidden = password.input.value === '';
    meter.value = level === 0 ? 0.4 : level;
    words.textContent = say('console.strength', { strength: say(`console.strength.${level}`, { missing }) });
  });
  const made = form(texts, [password, again],
    [userForBrowser(user), password.root, strength, again.root, showPasswords(texts, password, again)],
    'console.next', async () => {
      const { level } = strengthOf(password.input.value, user);
      if (level === 0) return { error: 'enrol.password_short', values: {} };
      if (password.input.value !== again.input.value) return { error: 'console.password_differs', values: {} };
      next(password.input.value);
      return undefined;
    });
  return made;
}

// A browser that keeps passwords then keeps the new one for the right user.
function userForBrowser(user: string): HTMLElement {
  return element('input', { autocomplete: 'username', value: user, readonly: true, hidden: true });
}

// Four letters at a time are easier to copy.
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

function appStep(texts: Texts, api: Api, enrolment: Enrolment, password: string, done: () => void,
                 back: (failure: Failure) => void): HTMLElement {
  const { say } = texts;
  const code = field(texts, 'console.code', codeAttributes, 'console.code_hint');
  const made = form(texts, [code], [
    element('p', {}, say('console.enrol_app_intro')),
    qrCode(enrolment.rows, say('console.qr')),
    element('p', { class: 'hint' }, say('console.secret')),
    element('p', {}, element('code', { class: 'secret', 'data-testid': 'secret' }, grouped(enrolment.secret))),
    code.root,
  ], 'console.finish', async () => {
    const digits = codeOf(code.input.value);
    if (digits === undefined) return { error: 'console.code_form', values: {} };
    const answer = await api.finishEnrolment(password, digits);
    if ('value' in answer) {
      done();
      return undefined;
    }
    if (!answer.failure.error.startsWith('enrol.password_')) return answer.failure;
    back(answer.failure);
    return undefined;
  });
  return made.root;
}
