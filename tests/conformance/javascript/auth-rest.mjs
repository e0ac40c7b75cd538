// Does with unmodified auth-js what the other scripts leave out: links of administrators, scopes of signing out, and
// what is not offered. Arguments: URL of the project, its anon key, its service_role key. One JSON object a step.

import { createClient } from "@supabase/supabase-js";

const [url, anonKey, serviceKey] = process.argv.slice(2);
const plain = { auth: { persistSession: false, autoRefreshToken: false } };
const signedOut = () => createClient(url, anonKey, plain);
const admin = createClient(url, serviceKey, plain).auth.admin;
const write = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const code = ({ error }) => (error ? (error.code ?? error.name) : null);
const email = "grace@example.org";
const password = "correct horse battery";

const links = {};
for (const link of [
  { type: "signup", email, password },
  { type: "magiclink", email },
  { type: "recovery", email },
  { type: "invite", email: "guest@example.org" },
]) {
  const made = await admin.generateLink(link);
  const token_hash = made.data.properties?.hashed_token;
  const used = await signedOut().auth.verifyOtp({ type: link.type, token_hash });
  const again = await signedOut().auth.verifyOtp({ type: link.type, token_hash });
  links[link.type] = [code(made), used.data.user?.email ?? code(used), code(again)];
}
write("generateLink", { links });

const change = [];
for (const type of ["email_change_current", "email_change_new"]) {
  const made = await admin.generateLink({ type, email, newEmail: "grace@example.net" });
  change.push(code(made), code(await signedOut().auth.verifyOtp({ type: "email_change", token_hash: made.data.properties.hashed_token })));
}
const moved = await signedOut().auth.signInWithPassword({ email: "grace@example.net", password });
write("email change", { change, id: moved.data.user !== null });

async function signIn() {
  const client = signedOut();
  await client.auth.signInWithPassword({ email: "grace@example.net", password });
  const token = (await client.auth.getSession()).data.session.access_token;
  return { client, token };
}
const state = async (...sessions) => Promise.all(sessions.map(async ({ token }) => code(await signedOut().auth.getUser(token))));

const [one, two] = [await signIn(), await signIn()];
const others = code(await one.client.auth.signOut({ scope: "others" }));
write("signOut others", { error: others, state: await state(one, two) });
const three = await signIn();
const local = code(await one.client.auth.signOut({ scope: "local" }));
write("signOut local", { error: local, state: await state(one, three) });
write("admin signOut", { error: code(await admin.signOut(three.token, "global")), state: await state(three) });

const four = await signIn();
const factor = await four.client.auth.mfa.enroll({ factorType: "totp" });
const userId = moved.data.user.id;
const deleted = await admin.mfa.deleteFactor({ id: factor.data.id, userId });
const left = await admin.mfa.listFactors({ userId });
write("admin mfa", { errors: [factor, deleted, left].map(code), left: left.data.factors.length });

await four.client.auth.updateUser({ email: "grace@example.com" });
write("resend", { error: code(await four.client.auth.resend({ type: "email_change", email: "grace@example.net" })) });

const client = signedOut();
write("not offered", {
  codes: {
    signInWithIdToken: code(await client.auth.signInWithIdToken({ provider: "google", token: "x" })),
    signInWithSSO: code(await client.auth.signInWithSSO({ domain: "example.org" })),
    "signInWithOtp by telephone": code(await client.auth.signInWithOtp({ phone: "+431234567" })),
    "enroll a telephone": code(await four.client.auth.mfa.enroll({ factorType: "phone", phone: "+431234567" })),
  },
});
