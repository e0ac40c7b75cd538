/**
 * A short sound for what deserves one: two soft notes, made by the browser, no file.
 *
 * It is silent until the reader has used the page, while it is muted (which the browser remembers, for each project),
 * and for a few seconds after it sounded, so that a burst of events is one sound.
 */
import { type Readable, Store } from "./store";

const GAP_MS = 4_000;
const NOTES_HZ = [659.25, 880];
const NOTE_S = 0.16;

export class Chime {
  readonly #key: string;
  readonly #storage: Storage | null;
  readonly #sound: () => void;
  readonly #muted: Store<boolean>;
  #last = -Infinity;

  constructor(project: string, sound: () => void = twoNotes, storage: Storage | null = browserStorage()) {
    this.#key = `millstream.${project}.muted`;
    this.#storage = storage;
    this.#sound = sound;
    this.#muted = new Store(storage?.getItem(this.#key) === "yes");
  }

  get muted(): Readable<boolean> {
    return this.#muted;
  }

  mute(muted: boolean): void {
    this.#muted.set(muted);
    this.#storage?.setItem(this.#key, muted ? "yes" : "no");
  }

  /** Sound, unless there is a reason not to. */
  ring(now: number = performance.now()): void {
    const used = (navigator as { userActivation?: UserActivation }).userActivation?.hasBeenActive ?? false;
    if (!used || this.#muted.get() || now - this.#last < GAP_MS) return;
    this.#last = now;
    this.#sound();
  }
}

function browserStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

let audio: AudioContext | null = null;

function twoNotes(): void {
  const context = (audio ??= new AudioContext());
  NOTES_HZ.forEach((hertz, index) => {
    const begins = context.currentTime + index * NOTE_S * 0.7;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, begins);
    loudness.gain.linearRampToValueAtTime(0.12, begins + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begins + NOTE_S * 2);
    tone.connect(loudness).connect(context.destination);
    tone.start(begins);
    tone.stop(begins + NOTE_S * 2);
  });
}
