/**
 * Bundles a portal so that one build runs at the root of a host or under a project's path prefix.
 *
 * All addresses in the bundle are relative to the document's `<base href>`, which the server may set to the prefix it
 * serves the project under. The colour scheme is chosen before the first paint by a file of our own, because the
 * server's content security policy allows no inline script.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import preset from "postcss-preset-mantine";
import { defineConfig } from "vitest/config";

const COLOR_SCHEME = `(function () {
  var chosen = null;
  try { chosen = localStorage.getItem("mantine-color-scheme-value"); } catch (refused) { /* private mode */ }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
`;

/** Add the base address and the early colour scheme to a portal's page. */
function page() {
  const fileName = "color-scheme.js";
  return {
    name: "millstream-page",
    transformIndexHtml: () => [
      { tag: "base", attrs: { href: "/" }, injectTo: "head-prepend" },
      { tag: "script", attrs: { src: `./${fileName}` }, injectTo: "head" },
    ],
    configureServer(server) {
      server.middlewares.use(`/${fileName}`, (_request, response) => {
        response.setHeader("content-type", "text/javascript").end(COLOR_SCHEME);
      });
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName, source: COLOR_SCHEME });
    },
  };
}

const GROUND = "#f7f6f3";

/** Make a portal installable: a manifest, and a service worker that keeps the portal's own files. */
function installable({ name, description, color }) {
  const icon = (file, sizes, purpose = "any") => ({ src: `./${file}`, sizes, purpose });
  const manifest = {
    id: "./",
    start_url: "./",
    scope: "./",
    display: "standalone",
    name,
    short_name: name,
    description,
    theme_color: color,
    background_color: GROUND,
    icons: [
      { ...icon("icon.svg", "any"), type: "image/svg+xml" },
      { ...icon("icon-192.png", "192x192"), type: "image/png" },
      { ...icon("icon-512.png", "512x512"), type: "image/png" },
      { ...icon("icon-maskable.png", "512x512", "maskable"), type: "image/png" },
    ],
  };
  return {
    name: "millstream-installable",
    apply: "build",
    enforce: "post",
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "manifest", href: "./manifest.webmanifest" }, injectTo: "head" },
      { tag: "link", attrs: { rel: "apple-touch-icon", href: "./icon-192.png" }, injectTo: "head" },
    ],
    generateBundle(_options, bundle) {
      const kept = Object.values(bundle).filter(({ fileName }) => /\.(js|css)$/.test(fileName));
      const files = [...kept.map(({ fileName }) => fileName), "icon.svg"].toSorted();
      const digest = createHash("sha256");
      for (const chunk of kept) digest.update(chunk.fileName).update(chunk.code ?? chunk.source);
      const worker = readFileSync(new URL("serviceWorker.js", import.meta.url), "utf8")
        .replace("__FILES__", JSON.stringify(files))
        .replace("__VERSION__", digest.digest("hex").slice(0, 16));
      this.emitFile({ type: "asset", fileName: "sw.js", source: worker });
      this.emitFile({ type: "asset", fileName: "manifest.webmanifest", source: JSON.stringify(manifest, null, 2) });
    },
  };
}

const unitTests = { include: ["test/**/*.test.{ts,tsx}"], restoreMocks: true, testTimeout: 5000 };

/** Paths that belong to the server; the development server hands them on to a running Millstream. */
const SERVER = "^(/rest/v1|/auth/v1|/functions/v1|/realtime/v1|/config.json)";

/** Leave out what is known: the schedule looks for a default export of rrule, and goes without where there is none. */
function withoutKnown(level, log, tell) {
  if (log.code === "IMPORT_IS_UNDEFINED" && log.message.includes("@mantine/schedule")) return;
  tell(level, log);
}

/**
 * Return the whole Vite and Vitest configuration of a portal. With `app`, its name, description and colour, it can be
 * installed and starts without a network; `public` then has icon.svg, icon-192.png, icon-512.png and icon-maskable.png.
 */
export function definePortal({ app } = {}) {
  const target = process.env["MILLSTREAM_URL"] ?? "http://127.0.0.1:54321";
  return defineConfig({
    base: "./",
    plugins: [react(), page(), ...(app ? [installable(app)] : [])],
    css: { postcss: { plugins: [preset()] } },
    build: {
      target: "es2022",
      sourcemap: false,
      chunkSizeWarningLimit: 900,
      reportCompressedSize: false,
      rolldownOptions: { onLog: withoutKnown },
    },
    server: { proxy: { [SERVER]: { target, ws: true } } },
    test: { ...unitTests, environment: "happy-dom" },
  });
}

/** Return the test configuration of a package without a page: its stores need no document. */
export function defineLibrary() {
  return defineConfig({ plugins: [react()], test: unitTests });
}
