/**
 * A device as its owner would call it, from the user agent that its browser sent: `Firefox on Linux`. Pure.
 */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/\b(python|aiohttp|httpx|supabase-py)\b/i, "A Python program"],
  [/\b(node|undici)\b/i, "A Node.js program"],
  [/\bcurl\//, "curl"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

export interface Device {
  readonly name: string;
  readonly isPhone: boolean;
}

export function describeDevice(userAgent: string | null): Device {
  const agent = userAgent ?? "";
  const browser = firstOf(BROWSERS, agent);
  const system = firstOf(SYSTEMS, agent);
  const isPhone = /\b(iPhone|Android|Mobile)\b/.test(agent);
  if (browser === undefined) return { name: system ?? "An unknown device", isPhone };
  return { name: system === undefined ? browser : `${browser} on ${system}`, isPhone };
}

function firstOf(kinds: readonly (readonly [RegExp, string])[], agent: string): string | undefined {
  return kinds.find(([sign]) => sign.test(agent))?.[1];
}
