/**
 * How hard a password is to guess, roughly, and what would help. Pure; the server alone decides what is refused.
 *
 * Length counts most: a sentence beats signs. Repetitions and rows of neighbours count as one character.
 */
export type Strength = "empty" | "short" | "weak" | "fair" | "strong";

export interface PasswordAdvice {
  readonly strength: Strength;
  /** From 0 to 1. */
  readonly share: number;
  readonly advice: string;
}

const WEAK_BITS = 36;
const FAIR_BITS = 56;
const MOST_BITS = 80;
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 33],
];
const COMMON = /pass(word)?|qwert[yz]|asdf|letmein|welcome|admin|12345|abc123/i;

/** Judge a password; `own` are words that others know of its owner. */
export function judgePassword(password: string, least: number, own: readonly string[] = []): PasswordAdvice {
  if (password === "")
    return { strength: "empty", share: 0, advice: `At least ${least} characters. A sentence is good.` };
  const missing = least - Array.from(password).length;
  if (missing > 0)
    return {
      strength: "short",
      share: 0.1,
      advice: `${missing} more ${missing === 1 ? "character is" : "characters are"} needed.`,
    };
  const bits = guessingBits(password, own);
  const share = Math.min(1, Math.max(0.15, bits / MOST_BITS));
  if (bits < WEAK_BITS) return { strength: "weak", share, advice: "Easy to guess. Add a word or two." };
  if (bits < FAIR_BITS) return { strength: "fair", share, advice: "Fair. Another word makes it strong." };
  return { strength: "strong", share, advice: "Strong." };
}

function guessingBits(password: string, own: readonly string[]): number {
  const known = own.filter((word) => word.length >= 3 && password.toLowerCase().includes(word.toLowerCase()));
  const penalty = known.length * 20 + (COMMON.test(password) ? 24 : 0);
  const alphabet = CLASSES.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  return surprising(password) * Math.log2(alphabet) - penalty;
}

/** Count the characters that do not just go on as the one before. */
function surprising(password: string): number {
  let count = 0;
  for (let index = 0; index < password.length; index++) {
    const step = password.charCodeAt(index) - password.charCodeAt(index - 1);
    if (!(Math.abs(step) <= 1)) count++;
  }
  return count;
}
