/**
 * Numbers as people read them. Pure.
 */
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function count(value: number): string {
  return WHOLE.format(value);
}

/** A rate: whole from ten on, two digits below. */
export function rate(value: number): string {
  return value === 0 || value >= 10 ? WHOLE.format(value) : FINE.format(value);
}

export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log(value) / Math.log(1024)), UNITS.length - 1);
  const scaled = value / 1024 ** power;
  return `${scaled >= 10 || power === 0 ? WHOLE.format(scaled) : scaled.toFixed(1)} ${UNITS[power] ?? ""}`;
}

/** The two largest units: `2 d 3 h`, `5 min 12 s`, `4 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= DAY) return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
  if (whole >= HOUR) return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`;
  if (whole >= MINUTE) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`;
  return `${whole} s`;
}

/** A short delay, where tenths of a second matter. */
export function delay(seconds: number): string {
  if (seconds >= 10) return duration(seconds);
  return seconds >= 1 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds * 1000)} ms`;
}
