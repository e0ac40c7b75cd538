/** From when what is shown is: the time of day to the second, as the visitor's device writes it; the day unless today. */
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export function sayClock(moment: Date, now = new Date()): string {
  return (moment.toDateString() === now.toDateString() ? CLOCK : DAY).format(moment);
}
