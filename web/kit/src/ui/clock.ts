/** The time of day to the second, as the visitor's device writes it: from when what is shown is. */
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function sayClock(moment: Date): string {
  return CLOCK.format(moment);
}
