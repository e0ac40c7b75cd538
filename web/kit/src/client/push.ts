/**
 * Whether somebody is told on this device while no page is open: the browser's subscription, and the server's word of it.
 *
 * A subscription belongs to the browser, and lasts longer than a session: it counts for whoever is signed in only where
 * the server knows it as his. Needs `kit.web_push()` in the application's SQL and a service worker.
 */
import { failure, unwrap } from "./failure";
import type { ProjectClient } from "./project";

export type PushState = "unsupported" | "needs installation" | "denied" | "off" | "on";

interface PushSettings {
  /** What a browser subscribes with; null until the server has made it. */
  readonly key: string | null;
  readonly on: boolean;
}

/** Never answers where the portal has no service worker. */
export async function readPush(client: ProjectClient): Promise<PushState> {
  if (!isSupported()) return mayBeInstalled() ? "needs installation" : "unsupported";
  if (Notification.permission === "denied") return "denied";
  const subscription = await currentSubscription();
  if (subscription === null || Notification.permission !== "granted") return "off";
  const { on, key } = await pushSettings(client, subscription.endpoint);
  return on && isFor(subscription, key) ? "on" : "off";
}

/** Ask for the permission, where it was not given yet, and subscribe: to be called by what a person does. */
export async function turnPushOn(client: ProjectClient): Promise<PushState> {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "off";
  const { key } = await pushSettings(client);
  if (key === null) throw failure(503, { message: "The server cannot send notifications yet. Try again in a moment." });
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  const isUsable = known !== null && isFor(known, key);
  if (known !== null && !isUsable) await known.unsubscribe();
  const subscription = isUsable
    ? known
    : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const keys = { p256dh: textOf(subscription.getKey("p256dh")), auth_secret: textOf(subscription.getKey("auth")) };
  await call(client, "add_push_device", { endpoint: subscription.endpoint, ...keys });
  return "on";
}

export async function turnPushOff(client: ProjectClient): Promise<PushState> {
  const subscription = await currentSubscription();
  if (subscription !== null) {
    await call(client, "remove_push_device", { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  return "off";
}

function isSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** On iPhones and iPads only what stands on the home screen may tell people something. */
function mayBeInstalled(): boolean {
  const isTablet = navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1;
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || isTablet;
}

async function currentSubscription(): Promise<PushSubscription | null> {
  return (await navigator.serviceWorker.ready).pushManager.getSubscription();
}

/** The endpoint is a secret: it goes in the body of a request, never in an address. */
async function pushSettings(client: ProjectClient, endpoint: string | null = null): Promise<PushSettings> {
  return unwrap<PushSettings>(await client.supabase.rpc("push_settings", { endpoint }));
}

async function call(client: ProjectClient, name: string, given: object): Promise<void> {
  const { error, status } = await client.supabase.rpc(name, given);
  if (error) throw failure(status, error);
}

function isFor({ options }: PushSubscription, key: string | null): boolean {
  return textOf(options.applicationServerKey) === key;
}

/** Base64url without padding, as keys are written. */
function textOf(bytes: ArrayBuffer | null): string {
  const text = btoa(String.fromCodePoint(...new Uint8Array(bytes ?? new ArrayBuffer(0))));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
