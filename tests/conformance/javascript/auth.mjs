// Does with unmodified auth-js what the applications do with accounts; writes one JSON object a step.
// Arguments: URL of the project, its anon key, its service_role key.

import { createClient } from "@supabase/supabase-js";

const [url, anonKey, serviceKey] = process.argv.slice(2);
const memory = new Map();
const storage = {
  getItem: (name) => memory.get(name) ?? null,
  setItem: (name, value) => void memory.set(name, value),
  removeItem: (name) => void memory.delete(name),
};
const client = createClient(url, anonKey, { auth: { storage, autoRefreshToken: false } });
const second = createClient(url, anonKey, { auth: { storage: { ...storage, getItem: () => null }, storageKey: "second", autoRefreshToken: false } });
const admin = createClient(url, serviceKey, { auth: { persistSession: false, autoRefreshToken: false } });

const write = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const told = (error) => (error ? { name: error.name, code: error.code, status: error.status, reasons: error.reasons } : null);
const email = "grace@example.org";
const password = "correct horse battery";

const events = [];
client.auth.onAuthStateChange((event) => void events.push(event));

const signedUp = await client.auth.signUp({ email, password, options: { data: { name: "Grace" } } });
write("signUp", { error: told(signedUp.error), id: signedUp.data.user?.id, hasSession: signedUp.data.session !== null, metadata: signedUp.data.user?.user_metadata });

const again = await client.auth.signUp({ email, password });
write("signUp again", { error: told(again.error) });

const weak = await client.auth.signUp({ email: "weak@example.org", password: "abc" });
write("weak password", { error: told(weak.error) });

const wrong = await client.auth.signInWithPassword({ email, password: "wrong" });
write("wrong password", { error: told(wrong.error) });

const signedIn = await client.auth.signInWithPassword({ email, password });
write("signInWithPassword", { error: told(signedIn.error), id: signedIn.data.user?.id });

const user = await client.auth.getUser();
write("getUser", { error: told(user.error), id: user.data.user?.id });

const claims = await client.auth.getClaims();
write("getClaims", { error: told(claims.error), role: claims.data?.claims.role, algorithm: claims.data?.header.alg });

const before = (await client.auth.getSession()).data.session;
const refreshed = await client.auth.refreshSession();
write("refreshSession", { error: told(refreshed.error), changed: before.refresh_token !== refreshed.data.session?.refresh_token });

const tabs = await Promise.all([0, 1].map(() => second.auth.setSession({ access_token: expired(before.access_token), refresh_token: before.refresh_token })));
write("two tabs", { errors: tabs.map((tab) => told(tab.error)), same: tabs[0].data.session?.refresh_token === tabs[1].data.session?.refresh_token });

const updated = await client.auth.updateUser({ data: { name: "Grace H." }, password: "another password" });
write("updateUser", { error: told(updated.error), name: updated.data.user?.user_metadata.name });

const same = await client.auth.updateUser({ password: "another password" });
write("same password", { error: told(same.error) });

const guest = await second.auth.signInAnonymously({ options: { data: { cart: 1 } } });
write("signInAnonymously", { error: told(guest.error), isAnonymous: guest.data.user?.is_anonymous });

const otp = await second.auth.signInWithOtp({ email });
write("signInWithOtp", { error: told(otp.error) });

const made = await admin.auth.admin.createUser({ email: "made@example.org", password, email_confirm: true });
const listed = await admin.auth.admin.listUsers({ page: 1, perPage: 2 });
const read = await admin.auth.admin.getUserById(made.data.user.id);
const changed = await admin.auth.admin.updateUserById(made.data.user.id, { app_metadata: { plan: "pro" } });
const deleted = await admin.auth.admin.deleteUser(made.data.user.id);
write("admin", {
  errors: [made, listed, read, changed, deleted].map((answer) => told(answer.error)),
  page: listed.data.users.length, total: listed.data.total, nextPage: listed.data.nextPage, lastPage: listed.data.lastPage,
  read: read.data.user.id === made.data.user.id, plan: changed.data.user.app_metadata.plan,
});

const refused = await client.auth.admin.listUsers();
write("admin refused", { error: told(refused.error) });

const left = await client.auth.signOut({ scope: "global" });
const gone = await client.auth.getUser(updated.data.user ? refreshed.data.session.access_token : "");
write("signOut", { error: told(left.error), afterwards: told(gone.error), session: (await client.auth.getSession()).data.session, events });

// A token with the same payload whose expiry has passed, as auth-js reads it without verifying.
function expired(token) {
  const [header, payload, signature] = token.split(".");
  const changed = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), exp: 1 };
  return [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
}
