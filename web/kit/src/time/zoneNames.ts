/**
 * Names of time zones. The time zone database has renamed some zones; browsers list those by the older name, databases
 * have the newer in any case, and people may know either. Pure.
 */
const RENAMED: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};
const OLDER = new Map(Object.entries(RENAMED).map(([older, name]) => [name, older]));

/** Return the name that a zone has today: `Asia/Kolkata` of `Asia/Calcutta`. */
export function zoneName(zone: string): string {
  return RENAMED[zone] ?? zone;
}

/** Return all zones that the browser knows, by the names of today, the given one in any case. */
export function zonesWith(zone: string): readonly string[] {
  return [...new Set([zone, ...Intl.supportedValuesOf("timeZone")].map(zoneName))].toSorted();
}

/** Say whether somebody who types these words means the zone: `new york`, `Kyiv` and `Kiev` all find one. */
export function isZoneNamed(zone: string, typed: string): boolean {
  const names = [zone, OLDER.get(zone) ?? ""].map(spoken);
  return names.some((name) => name.includes(spoken(typed).trim()));
}

function spoken(name: string): string {
  return name.toLowerCase().replaceAll("_", " ");
}
