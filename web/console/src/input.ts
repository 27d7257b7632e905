// What people type, as the gateway wants it, and how good a new password is.

// A Japanese input method that is on writes full-width letters and digits.
export function userName(typed: string): string {
  return typed.normalize('NFKC').trim().toLowerCase();
}

// Six digits, or undefined.
export function code(typed: string): string | undefined {
  const digits = typed.normalize('NFKC').replace(/[\s-]/g, '');
  return /^[0-9]{6}$/.test(digits) ? digits : undefined;
}

const shortest = 12; // characters, as the gateway demands (src/screen/gateway/password.h)

export interface Strength {
  readonly level: 0 | 1 | 2 | 3; // too short, weak, fair, strong
  readonly missing: number; // characters
}

// A hint, not a rule: length counts, what repeats itself or follows a row does not.
export function strengthOf(password: string, user: string): Strength {
  const characters = Array.from(password);
  if (characters.length < shortest) return { level: 0, missing: shortest - characters.length };
  const surprising = characters.filter((character, i) => {
    const step = i === 0 ? NaN : character.codePointAt(0)! - characters[i - 1]!.codePointAt(0)!;
    return Math.abs(step) > 1 || i === 0;
  });
  const different = new Set(surprising).size;
  if (different < 6 || (user !== '' && password.toLowerCase().includes(user.toLowerCase()))) return { level: 1, missing: 0 };
  return { level: surprising.length >= 16 && different >= 9 ? 3 : 2, missing: 0 };
}
