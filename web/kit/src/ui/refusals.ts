/**
 * Says what a refused step means to whoever asked for it: an application's table of sayings, by the server's error code,
 * becomes the functions that its pages say refusals with. What the kit refuses is said here.
 */
import { factsOf, type RequestFailed } from "../client";
import { showToast } from "./toasts";

export interface Refusal {
  readonly title: string;
  readonly message: string;
}

/** Say a refusal by the facts that came with it; times are those of the zone. */
type SayFacts = (facts: Readonly<Record<string, unknown>>, zone: string) => Refusal;

export type Sayings = Readonly<Record<string, Refusal | SayFacts>>;

export type SayRefusal = (failed: RequestFailed, zone: string) => Refusal;

export interface Refusals {
  readonly refusal: SayRefusal;
  /** Say a refusal in one line, above a form. */
  readonly sayRefusal: (failed: RequestFailed, zone?: string) => string;
  /** Return what shows a refusal in a message of this id. */
  readonly tellRefusal: (id: string, zone?: string) => (failed: RequestFailed) => void;
}

const OF_THE_KIT: Sayings = {
  transition_refused: { title: "That is not possible any more", message: "You see it as it is now." },
  edit_conflict: { title: "Somebody else changed this meanwhile", message: "Look again, and save again." },
  "22P02": { title: "That is not a number", message: "Look at the fields for numbers again." },
  "23514": { title: "One of the values is not possible", message: "Look at numbers and lengths again." },
  network: { title: "The server could not be reached", message: "Nothing was changed: try again in a moment." },
};

/** What is not in the table is said in the server's words. */
export function refusalsOf(sayings: Sayings): Refusals {
  const all = { ...OF_THE_KIT, ...sayings };
  const refusal: SayRefusal = ({ code, message, details }, zone) => {
    const said = all[code] ?? { title: "That did not work", message };
    return typeof said === "function" ? said(factsOf(details), zone) : said;
  };
  return {
    refusal,
    sayRefusal: (failed, zone = "UTC") => {
      const { title, message } = refusal(failed, zone);
      return `${title}. ${message}`;
    },
    tellRefusal:
      (id, zone = "UTC") =>
      (failed) =>
        showToast({ id, kind: "problem", ...refusal(failed, zone) }),
  };
}
