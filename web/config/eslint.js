/**
 * The linter's one configuration: strict typed rules, accessibility, hooks, sizes, and the direction of imports.
 *
 * Portals read pages → features → kit. Inside the kit: shell → auth → ui → hooks → live | query → client → time. An import against the
 * arrow is an error, and so is an import of a network library anywhere but in the kit's client.
 */
import js from "@eslint/js";
import accessibility from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const NETWORK = {
  group: ["@supabase/*", "socket.io-client"],
  message: "Only web/kit/src/client talks to the network: use what @millstream/kit/client offers.",
};

/** Forbid files of one folder to import the folders above it. */
function downwards(files, forbidden, extra = [NETWORK]) {
  const above = forbidden.map((folder) => ({
    group: [`**/${folder}`, `**/${folder}/**`],
    message: `Imports point downwards only; ${folder}/ lies above this file.`,
  }));
  return { files, rules: { "no-restricted-imports": ["error", { patterns: [...above, ...extra] }] } };
}

export const layers = [
  downwards(["web/kit/src/time/**"], ["client", "live", "query", "hooks", "ui", "auth", "shell"]),
  downwards(["web/kit/src/client/**"], ["live", "query", "hooks", "ui", "auth", "shell"], []),
  downwards(["web/kit/src/live/**"], ["query", "hooks", "ui", "auth", "shell"]),
  downwards(["web/kit/src/query/**"], ["live", "hooks", "ui", "auth", "shell"]),
  downwards(["web/kit/src/hooks/**"], ["ui", "auth", "shell"]),
  downwards(["web/kit/src/ui/**"], ["auth", "shell"]),
  downwards(["web/kit/src/auth/**"], ["shell"]),
  downwards(["web/kit/src/{shell,testing}/**", "web/kit/test/**"], []),
  downwards(["apps/*/portal/src/features/**"], ["pages"]),
  downwards(["apps/*/portal/src/pages/**", "apps/*/portal/src/*"], []),
];

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
      accessibility.flatConfigs.strict,
      reactHooks.configs.flat.recommended,
    ],
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      complexity: ["error", 8],
      "max-lines": ["error", { max: 400, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
    },
  },
  { files: ["web/kit/src/hooks/*"], rules: { "max-lines": ["error", { max: 80 }] } },
  { files: ["**/test/**", "**/*.test.*"], rules: { "max-lines-per-function": "off" } },
  // Written by a generator: supabase-js needs type aliases here, interfaces would not fit its index signatures.
  {
    files: ["**/database.types.ts"],
    rules: {
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-generated-empty-object-type": "off",
    },
  },
  { files: ["**/*.js"], languageOptions: { globals: globals.node } },
  {
    files: ["web/config/serviceWorker.js"],
    languageOptions: { globals: { ...globals.serviceworker, __FILES__: "readonly" } },
  },
  ...layers,
);
