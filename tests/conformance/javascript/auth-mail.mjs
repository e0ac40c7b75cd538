// Does with unmodified auth-js what needs a mail or an authenticator; writes one JSON object a step.
// Arguments: URL of the project, its anon key, its service_role key. Mails are read from the inbox of development.

import { createHmac } from "node:crypto";
import { createClient } from "@supabase/supabase-js";

const [url, anonKey, serviceKey] = process.argv.slice(2);
const memory = new Map();
const storage = {
  getItem: (name) => memory.get(name) ?? null,
  setItem: (name, value) => void memory.set(name, value),
  removeItem: (name) => void memory.delete(name),
};
const plain = { auth: { persistSession: false, autoRefreshToken: false } };
const client = createClient(url, anonKey, plain);
const pkce = createClient(url, anonKey, { auth: { storage, flowType: "pkce", autoRefreshToken: false, detectSessionInUrl: false } });
const admin = createClient(url, serviceKey, plain);

const write = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const told = (error) => (error ? { name: error.name, code: error.code, status: error.status } : null);
const email = "grace@example.org";
const password = "correct horse battery";

async function mail() {
  const [newest] = await (await fetch(`${url}/auth/v1/dev/mails`)).json();
  const link = newest.text.match(/http\S+\/verify\S+/)?.[0];
  const local = link && `${url}/auth/v1${link.slice(link.indexOf("/verify"))}`;
  return { to: newest.to, code: newest.text.match(/\b\d{6}$/m)?.[0], link: local };
}

async function follow() {
  const answer = await fetch((await mail()).link, { redirect: "manual" });
  return new URL(answer.headers.get("location"));
}

const signedUp = await client.auth.signUp({ email, password });
const resent = await client.auth.resend({ type: "signup", email });
const confirmed = await client.auth.verifyOtp({ email, token: (await mail()).code, type: "signup" });
write("signUp", { errors: [signedUp, resent, confirmed].map((each) => told(each.error)), session: signedUp.data.session, email: confirmed.data.user?.email });

const otp = await client.auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
const typed = await client.auth.verifyOtp({ email, token: (await mail()).code, type: "email" });
write("signInWithOtp", { errors: [otp, typed].map((each) => told(each.error)), email: typed.data.user?.email });

const used = await client.auth.verifyOtp({ email, token: "000000", type: "email" });
write("wrong code", { error: told(used.error) });

const asked = await pkce.auth.signInWithOtp({ email });
const exchanged = await pkce.auth.exchangeCodeForSession((await follow()).searchParams.get("code"));
write("exchangeCodeForSession", { errors: [asked, exchanged].map((each) => told(each.error)), email: exchanged.data.user?.email });

const forgot = await pkce.auth.resetPasswordForEmail(email);
const recovered = await pkce.auth.exchangeCodeForSession((await follow()).searchParams.get("code"));
const replaced = await pkce.auth.updateUser({ password: "another password" });
write("resetPasswordForEmail", { errors: [forgot, recovered, replaced].map((each) => told(each.error)), type: recovered.data.redirectType });

await pkce.auth.resetPasswordForEmail(email);
const code = (await follow()).searchParams.get("code");
for (const name of [...memory.keys()].filter((each) => each.endsWith("code-verifier"))) memory.set(name, JSON.stringify("x".repeat(56)));
const stolen = await pkce.auth.exchangeCodeForSession(code);
write("stolen code", { error: told(stolen.error) });

// The new password has ended the other sessions.
await client.auth.signInWithPassword({ email, password: "another password" });
const reauthenticated = await client.auth.reauthenticate();
const nonce = (await mail()).code;
const renewed = await client.auth.updateUser({ password: "a third password", nonce });
write("reauthenticate", { errors: [reauthenticated, renewed].map((each) => told(each.error)) });

const moved = await client.auth.updateUser({ email: "grace@example.net" });
write("updateUser email", { error: told(moved.error), new_email: moved.data.user?.new_email });

const invited = await admin.auth.admin.inviteUserByEmail("guest@example.org", { data: { table: 4 } });
const accepted = await follow();
write("inviteUserByEmail", { error: told(invited.error), to: (await mail()).to, accepted: accepted.hash.includes("access_token"), table: invited.data.user?.user_metadata.table });

function totp(secret) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((octet) => parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, "0");
}

const enrolled = await client.auth.mfa.enroll({ factorType: "totp", friendlyName: "phone" });
const factorId = enrolled.data?.id;
const before = await client.auth.mfa.getAuthenticatorAssuranceLevel();
const raised = await client.auth.mfa.challengeAndVerify({ factorId, code: totp(enrolled.data.totp.secret) });
const after = await client.auth.mfa.getAuthenticatorAssuranceLevel();
const factors = await client.auth.mfa.listFactors();
write("mfa", {
  errors: [enrolled, raised, factors].map((each) => told(each.error)), before: before.data.currentLevel, after: after.data.currentLevel,
  verified: factors.data.totp.length, seen: (await admin.auth.admin.mfa.listFactors({ userId: raised.data.user.id })).data.factors.length,
});
const unenrolled = await client.auth.mfa.unenroll({ factorId });
write("unenroll", { error: told(unenrolled.error), id: unenrolled.data?.id === factorId });
