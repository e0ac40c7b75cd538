// Signs in by an identity provider with unmodified auth-js, links an identity and takes it away; one JSON object a step.
// Arguments: URL of the project, its anon key, the URL that the project believes to have.

import { createClient } from "@supabase/supabase-js";

const [url, anonKey, believed] = process.argv.slice(2);
const memory = new Map();
const storage = {
  getItem: (name) => memory.get(name) ?? null,
  setItem: (name, value) => void memory.set(name, value),
  removeItem: (name) => void memory.delete(name),
};
const client = createClient(url, anonKey, {
  auth: { storage, flowType: "pkce", autoRefreshToken: false, detectSessionInUrl: false },
});
const write = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const told = (error) => (error ? { name: error.name, code: error.code, status: error.status } : null);

/** Go where a browser is sent, until it comes back to the site. */
async function visit(address) {
  const local = address.startsWith(believed) ? url + address.slice(believed.length) : address;
  const answer = await fetch(local, { redirect: "manual" });
  const next = answer.headers.get("location");
  const target = new URL(next);
  return target.pathname === "/" ? target : visit(next);
}

const begun = await client.auth.signInWithOAuth({ provider: "google", options: { scopes: "calendar", skipBrowserRedirect: true } });
const back = await visit(begun.data.url);
const exchanged = await client.auth.exchangeCodeForSession(back.searchParams.get("code"));
write("signInWithOAuth", {
  errors: [begun, exchanged].map((each) => told(each.error)),
  provider: begun.data.provider,
  email: exchanged.data.user?.email,
  providers: exchanged.data.user?.app_metadata.providers,
});

await client.auth.signOut();
await client.auth.signUp({ email: "grace@example.org", password: "correct horse battery" });
const linking = await client.auth.linkIdentity({ provider: "keycloak", options: { skipBrowserRedirect: true } });
const linkedBack = await visit(linking.data.url);
const linked = await client.auth.exchangeCodeForSession(linkedBack.searchParams.get("code"));
const listed = await client.auth.getUserIdentities();
const second = listed.data.identities.find((each) => each.provider === "keycloak");
const unlinked = await client.auth.unlinkIdentity(second);
const rest = await client.auth.getUserIdentities();
write("linkIdentity", {
  errors: [linking, linked, listed, unlinked, rest].map((each) => told(each.error)),
  linked: listed.data.identities.map((each) => each.provider).sort(),
  rest: rest.data.identities.map((each) => each.provider),
});

const last = await client.auth.unlinkIdentity(rest.data.identities[0]);
write("last identity", { error: told(last.error) });
